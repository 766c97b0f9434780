using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ModelOperator.Fuzzing.Instrumentation;

/// <summary>What an instrumented assembly counted while it read an input, and what all inputs so far have seen.</summary>
internal sealed class Coverage
{
    private readonly byte[] _map;
    private readonly FieldInfo _previous;
    private readonly byte[] _seen = new byte[Instrumenter.MapLength];

    private Coverage(byte[] map, FieldInfo previous) => (_map, _previous) = (map, previous);

    /// <summary>Ways between blocks that some input has taken.</summary>
    public int Ways { get; private set; }

    public static Coverage Of(Assembly assembly)
    {
        Type type = assembly.GetType(Instrumenter.TypeName)
            ?? throw new InvalidOperationException($"{assembly.GetName().Name} is not instrumented: run `instrument` first");
        return new Coverage((byte[])type.GetField(Instrumenter.MapField)!.GetValue(null)!, type.GetField(Instrumenter.PreviousField)!);
    }

    public void Clear()
    {
        Array.Clear(_map);
        _previous.SetValue(null, 0);
    }

    /// <summary>
    /// Whether the last input did something that none had done before: took a new way, or one a new order of magnitude of times.
    /// </summary>
    public bool IsNew()
    {
        bool found = false;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(_map);
        for (int word = 0; word < words.Length; word++)
        {
            if (words[word] == 0)
            {
                continue;
            }

            for (int i = word * sizeof(ulong); i < (word + 1) * sizeof(ulong); i++)
            {
                byte times = Magnitude(_map[i]);
                if ((times & ~_seen[i]) != 0)
                {
                    Ways += _seen[i] == 0 ? 1 : 0;
                    _seen[i] |= times;
                    found = true;
                }
            }
        }

        return found;
    }

    private static byte Magnitude(byte count) => count == 0 ? (byte)0 : (byte)(1 << BitOperations.Log2(count));
}
