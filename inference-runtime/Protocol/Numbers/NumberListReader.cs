using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol.Numbers;

/// <summary>
/// Reads the "data" of a tensor of numbers in one pass over its text: a flat list, or lists nested exactly like the shape. It gives up
/// on anything else, right or wrong.
/// </summary>
internal ref struct NumberListReader
{
    /// <summary>An element and the comma after it.</summary>
    private const int LeastElementText = 2;

    private readonly ReadOnlySpan<byte> _json;
    private readonly PooledBuffer _buffer;
    private readonly long _most;
    private int _at;

    private NumberListReader(ReadOnlySpan<byte> json, PooledBuffer buffer, long most)
    {
        _json = json;
        _buffer = buffer;
        _most = most;
        _at = 1;
    }

    /// <summary>Reads a list.</summary>
    /// <param name="json">Text whose first byte opens the list.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">The tensor's shape.</param>
    /// <param name="count">The number of elements of that shape.</param>
    /// <param name="buffer">Where to put the elements; what it holds after a failure is void.</param>
    /// <param name="end">Place of the bracket that closes the list.</param>
    public static bool TryRead(ReadOnlySpan<byte> json, TensorDataType type, ReadOnlySpan<long> shape, long count, PooledBuffer buffer, out int end)
    {
        NumberListReader reader = new(json, buffer, count);
        bool read = type switch
        {
            TensorDataType.UInt8 => reader.TryRead<byte, WholeNumberReader<byte>>(shape),
            TensorDataType.UInt16 => reader.TryRead<ushort, WholeNumberReader<ushort>>(shape),
            TensorDataType.UInt32 => reader.TryRead<uint, WholeNumberReader<uint>>(shape),
            TensorDataType.UInt64 => reader.TryRead<ulong, WholeNumberReader<ulong>>(shape),
            TensorDataType.Int8 => reader.TryRead<sbyte, WholeNumberReader<sbyte>>(shape),
            TensorDataType.Int16 => reader.TryRead<short, WholeNumberReader<short>>(shape),
            TensorDataType.Int32 => reader.TryRead<int, WholeNumberReader<int>>(shape),
            TensorDataType.Int64 => reader.TryRead<long, WholeNumberReader<long>>(shape),
            TensorDataType.Fp16 => reader.TryRead<Half, Fp16NumberReader>(shape),
            TensorDataType.Fp32 => reader.TryRead<float, Fp32NumberReader>(shape),
            TensorDataType.Fp64 => reader.TryRead<double, Fp64NumberReader>(shape),
            TensorDataType.Bf16 => reader.TryRead<BFloat16, Bf16NumberReader>(shape),
            _ => false,
        };
        end = reader._at - 1;
        return read;
    }

    private bool TryRead<T, TReader>(ReadOnlySpan<long> shape)
        where T : unmanaged
        where TReader : struct, INumberReader<T>
    {
        // A shape is only believed as far as there is text for it.
        if (_most <= 0 || _most > (_json.Length / LeastElementText))
        {
            return false;
        }

        int bytes = checked((int)(_most * Unsafe.SizeOf<T>()));
        Span<T> elements = MemoryMarshal.Cast<byte, T>(_buffer.GetSpan(bytes)[..bytes]);
        SkipSpace();
        bool nested = shape.Length > 1 && (uint)_at < (uint)_json.Length && _json[_at] == '[';
        if (!(nested ? TryReadNested<T, TReader>(shape, ref elements) : TryReadFlat<T, TReader>(elements)))
        {
            return false;
        }

        _buffer.Advance(bytes);
        return true;
    }

    /// <summary>Reads so many elements and the bracket after them.</summary>
    private bool TryReadFlat<T, TReader>(Span<T> elements)
        where T : unmanaged
        where TReader : struct, INumberReader<T>
    {
        ReadOnlySpan<byte> json = _json;
        int at = _at;
        for (int i = 0; i < elements.Length; i++)
        {
            at = SkipSpace(json, at);
            if (!TReader.TryRead(json, ref at, out elements[i]))
            {
                return false;
            }

            at = SkipSpace(json, at);
            if ((uint)at >= (uint)json.Length || json[at] != (i == elements.Length - 1 ? ']' : ','))
            {
                return false;
            }

            at++;
        }

        _at = at;
        return true;
    }

    /// <summary>Reads the lists of one dimension, after the bracket that opened it, and the bracket after them.</summary>
    private bool TryReadNested<T, TReader>(ReadOnlySpan<long> shape, ref Span<T> elements)
        where T : unmanaged
        where TReader : struct, INumberReader<T>
    {
        if (shape.Length == 1)
        {
            int length = (int)shape[0];
            bool read = TryReadFlat<T, TReader>(elements[..length]);
            elements = elements[length..];
            return read;
        }

        for (long i = 0; i < shape[0]; i++)
        {
            SkipSpace();
            if (!TryTake('[') || !TryReadNested<T, TReader>(shape[1..], ref elements))
            {
                return false;
            }

            SkipSpace();
            if (!TryTake(i == shape[0] - 1 ? ']' : ','))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryTake(char expected) => (uint)_at < (uint)_json.Length && _json[_at++] == expected;

    private void SkipSpace() => _at = SkipSpace(_json, _at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipSpace(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] <= ' ' && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }
}
