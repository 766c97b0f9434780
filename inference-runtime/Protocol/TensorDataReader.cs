using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads the "data" of a tensor, a flat list or lists nested like the shape, into bytes.</summary>
internal ref struct TensorDataReader
{
    private readonly TensorLabel _label;
    private readonly TensorDataType _type;
    private readonly ProtocolLimits _limits;
    private readonly long _maxElements;
    private readonly long[] _lengths;
    private readonly long[] _counts;
    private int _depth;
    private int _leafDepth;

    public TensorDataReader(TensorLabel label, TensorDataType type, ProtocolLimits limits, long maxElements)
    {
        _label = label;
        _type = type;
        _limits = limits;
        _maxElements = maxElements;
        _lengths = new long[limits.MaxRank + 1];
        _counts = new long[limits.MaxRank + 1];
        Array.Fill(_lengths, -1);
    }

    private long ElementCount { get; set; }

    /// <summary>How deep lists were nested; 1 is a flat list.</summary>
    private int Nesting { get; set; }

    /// <summary>Lengths of the lists, outermost first.</summary>
    private readonly long[] NestedShape => _lengths[1..(Nesting + 1)];

    /// <summary>Reads from the token of "data" to its last one, and checks that it fits the shape.</summary>
    public void Read(ref Utf8JsonReader reader, PooledBuffer buffer, long[] shape)
    {
        Read(ref reader, buffer);
        if (!Shapes.TryCount(shape, _limits.MaxElements, out long count))
        {
            throw new ProtocolException(
                413, $"{_label}: shape {Shapes.Format(shape)} has more than {_limits.MaxElements} values, the limit");
        }

        if (count != ElementCount)
        {
            throw new ProtocolException($"{_label}: shape {Shapes.Format(shape)} needs {count} values, data has {ElementCount}");
        }

        if (Nesting > 1 && count > 0 && !NestedShape.AsSpan().SequenceEqual(shape))
        {
            throw new ProtocolException(
                $"{_label}: data is nested as {Shapes.Format(NestedShape)}, expected a flat list or lists nested as shape "
                + $"{Shapes.Format(shape)}");
        }
    }

    private void Read(ref Utf8JsonReader reader, PooledBuffer buffer)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ProtocolException($"{_label}: data must be a list of {_type.Name()} values, not {JsonText.Describe(ref reader)}");
        }

        switch (_type)
        {
            case TensorDataType.Bool: Read<byte, BoolReader>(ref reader, buffer); break;
            case TensorDataType.UInt8: Read<byte, UInt8Reader>(ref reader, buffer); break;
            case TensorDataType.UInt16: Read<ushort, UInt16Reader>(ref reader, buffer); break;
            case TensorDataType.UInt32: Read<uint, UInt32Reader>(ref reader, buffer); break;
            case TensorDataType.UInt64: Read<ulong, UInt64Reader>(ref reader, buffer); break;
            case TensorDataType.Int8: Read<sbyte, Int8Reader>(ref reader, buffer); break;
            case TensorDataType.Int16: Read<short, Int16Reader>(ref reader, buffer); break;
            case TensorDataType.Int32: Read<int, Int32Reader>(ref reader, buffer); break;
            case TensorDataType.Int64: Read<long, Int64Reader>(ref reader, buffer); break;
            case TensorDataType.Fp16: Read<Half, Fp16Reader>(ref reader, buffer); break;
            case TensorDataType.Fp32: Read<float, Fp32Reader>(ref reader, buffer); break;
            case TensorDataType.Fp64: Read<double, Fp64Reader>(ref reader, buffer); break;
            case TensorDataType.Bf16: Read<BFloat16, Bf16Reader>(ref reader, buffer); break;
            default: ReadStrings(ref reader, buffer); break;
        }
    }

    private void Read<T, TReader>(ref Utf8JsonReader reader, PooledBuffer buffer)
        where T : unmanaged
        where TReader : struct, IElementReader<T>
    {
        while (NextElement(ref reader))
        {
            if (!TReader.TryRead(ref reader, out T value))
            {
                throw WrongElement(ref reader);
            }

            MemoryMarshal.Write(buffer.GetSpan(Unsafe.SizeOf<T>()), in value);
            buffer.Advance(Unsafe.SizeOf<T>());
        }
    }

    private void ReadStrings(ref Utf8JsonReader reader, PooledBuffer buffer)
    {
        while (NextElement(ref reader))
        {
            if (!JsonText.IsText(ref reader))
            {
                throw WrongElement(ref reader);
            }

            // Unescaped text is never longer than escaped text.
            Span<byte> element = buffer.GetSpan(sizeof(int) + reader.ValueSpan.Length);
            int length = reader.CopyString(element[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(element, length);
            buffer.Advance(sizeof(int) + length);
        }
    }

    /// <summary>Goes to the next value that is no list; false after the last list was closed.</summary>
    private bool NextElement(ref Utf8JsonReader reader)
    {
        if (_depth == 0)
        {
            Open();
        }

        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    _counts[_depth]++;
                    Open();
                    break;
                case JsonTokenType.EndArray:
                    Close();
                    if (_depth == 0)
                    {
                        return false;
                    }

                    break;
                default:
                    CountElement();
                    return true;
            }
        }

        throw new ProtocolException($"{_label}: data ends too early");
    }

    private void Open()
    {
        if (_leafDepth != 0 && _depth >= _leafDepth)
        {
            throw new ProtocolException($"{_label}: data has lists and values side by side after {ElementCount} values");
        }

        if (++_depth > _limits.MaxRank)
        {
            throw new ProtocolException($"{_label}: data is nested deeper than {_limits.MaxRank} lists");
        }

        Nesting = Math.Max(Nesting, _depth);
        _counts[_depth] = 0;
    }

    private void Close()
    {
        ref long length = ref _lengths[_depth];
        if (length < 0)
        {
            length = _counts[_depth];
        }
        else if (length != _counts[_depth])
        {
            throw new ProtocolException(
                $"{_label}: data is ragged: of its nested lists one has {length} entries and another {_counts[_depth]}");
        }

        _depth--;
    }

    private void CountElement()
    {
        if (_leafDepth == 0)
        {
            _leafDepth = _depth;
        }

        if (_depth != _leafDepth || _depth != Nesting)
        {
            throw new ProtocolException($"{_label}: data has lists and values side by side after {ElementCount} values");
        }

        _counts[_depth]++;
        if (++ElementCount > _maxElements)
        {
            throw new ProtocolException(413, $"{_label}: the request has more than {_limits.MaxElements} values, the limit");
        }
    }

    private readonly ProtocolException WrongElement(ref Utf8JsonReader reader) =>
        new($"{_label}: value {ElementCount - 1} of data is {JsonText.Describe(ref reader)}, expected {Expected()}");

    private readonly string Expected() => _type switch
    {
        TensorDataType.Bool => "BOOL (true or false)",
        TensorDataType.Bytes => "BYTES (a string)",
        TensorDataType.UInt8 => "UINT8 (a whole number from 0 to 255)",
        TensorDataType.UInt16 => "UINT16 (a whole number from 0 to 65535)",
        TensorDataType.UInt32 => "UINT32 (a whole number from 0 to 4294967295)",
        TensorDataType.UInt64 => "UINT64 (a whole number from 0 to 18446744073709551615)",
        TensorDataType.Int8 => "INT8 (a whole number from -128 to 127)",
        TensorDataType.Int16 => "INT16 (a whole number from -32768 to 32767)",
        TensorDataType.Int32 => "INT32 (a whole number from -2147483648 to 2147483647)",
        TensorDataType.Int64 => "INT64 (a whole number from -9223372036854775808 to 9223372036854775807)",
        _ => $"{_type.Name()} (a number in its range, or \"NaN\", \"Infinity\", \"-Infinity\")",
    };
}
