using System.Buffers;
using System.Buffers.Binary;

namespace ModelOperator.Protocol.Grpc;

/// <summary>Writes elements that come as numbers of protobuf the way they lie in memory.</summary>
internal ref struct TypedElements(InferTensor tensor, PooledBuffer data)
{
    private readonly TensorDataType _type = tensor.DataType;
    private long _count;

    /// <summary>Reads one element or packed ones.</summary>
    public void Read(ref ProtoReader reader)
    {
        if (_type == TensorDataType.Bytes)
        {
            Require(1);
            ReadOnlySpan<byte> text = reader.Bytes(reader.ReadRange());
            BinaryPrimitives.WriteInt32LittleEndian(data.GetSpan(sizeof(int)), text.Length);
            data.Advance(sizeof(int));
            data.Write(text);
        }
        else if (!reader.IsLengthDelimited)
        {
            Write(_type switch
            {
                TensorDataType.Fp32 => reader.ReadFixed32(),
                TensorDataType.Fp64 => reader.ReadFixed64(),
                _ => reader.ReadNumber(),
            });
        }
        else if (_type is TensorDataType.Fp32 or TensorDataType.Fp64)
        {
            ReadOnlySpan<byte> floats = reader.Bytes(reader.ReadRange());
            Require(floats.Length / _type.Size());
            data.Write(floats.Length % _type.Size() == 0
                ? floats
                : throw new ProtocolException(
                    $"input '{tensor.Name}': contents has {floats.Length} bytes, expected a multiple of {_type.Size()}"));
        }
        else
        {
            ProtoReader packed = reader.Packed();
            while (packed.HasMore)
            {
                Write(packed.ReadVarint());
            }
        }
    }

    public readonly void RequireAll()
    {
        if (_count != tensor.ElementCount)
        {
            throw new ProtocolException(
                $"input '{tensor.Name}': shape {Shapes.Format(tensor.Shape)} needs {tensor.ElementCount} values, contents has {_count}");
        }
    }

    private void Write(ulong value)
    {
        Require(1);
        // Protobuf has no numbers under 32 bits, and of larger ones takes the lower half.
        bool fits = _type switch
        {
            TensorDataType.Int8 => (int)value is >= sbyte.MinValue and <= sbyte.MaxValue,
            TensorDataType.Int16 => (int)value is >= short.MinValue and <= short.MaxValue,
            TensorDataType.UInt8 => (uint)value <= byte.MaxValue,
            TensorDataType.UInt16 => (uint)value <= ushort.MaxValue,
            _ => true,
        };
        if (!fits)
        {
            string number = _type is TensorDataType.Int8 or TensorDataType.Int16 ? ((int)value).ToString() : ((uint)value).ToString();
            throw new ProtocolException($"input '{tensor.Name}': value {_count - 1} is {number}, which is no {_type.Name()}");
        }

        int size = _type.Size();
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _type == TensorDataType.Bool && value != 0 ? 1 : value);
        bytes[..size].CopyTo(data.GetSpan(size));
        data.Advance(size);
    }

    private void Require(long more)
    {
        _count += more;
        if (_count > tensor.ElementCount)
        {
            throw new ProtocolException(
                $"input '{tensor.Name}': shape {Shapes.Format(tensor.Shape)} needs {tensor.ElementCount} values, contents has more");
        }
    }
}
