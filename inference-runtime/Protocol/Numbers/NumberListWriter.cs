using System.Buffers;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>Writes elements as a JSON list.</summary>
internal static class NumberListWriter
{
    /// <summary>Room is asked for by so many elements, so that large lists do not take all they could need at once.</summary>
    private const int Block = 256;

    public static void Write<T, TFormat>(PooledBuffer json, ReadOnlySpan<byte> data)
        where T : unmanaged
        where TFormat : struct, INumberFormat<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(data);
        json.Write("["u8);
        while (elements.Length > 0)
        {
            ReadOnlySpan<T> block = elements[..Math.Min(Block, elements.Length)];
            elements = elements[block.Length..];
            WriteBlock<T, TFormat>(json, block, last: elements.IsEmpty);
        }

        json.Write("]"u8);
    }

    private static void WriteBlock<T, TFormat>(PooledBuffer json, ReadOnlySpan<T> block, bool last)
        where T : unmanaged
        where TFormat : struct, INumberFormat<T>
    {
        Span<byte> target = json.GetSpan(block.Length * (TFormat.MaxLength + 1));
        int at = 0;
        foreach (T value in block)
        {
            at += TFormat.Write(value, target[at..]);
            target[at++] = (byte)',';
        }

        json.Advance(last ? at - 1 : at);
    }
}
