namespace ModelOperator.Protocol.Grpc;

/// <summary>A tensor whose elements are in <c>InferTensorContents</c>, in the field of their kind.</summary>
internal static class TypedContents
{
    /// <summary>What a message claims is believed up to here; more memory comes with more data.</summary>
    private const int FirstSize = 1024 * 1024;

    /// <summary>Gives a tensor its data.</summary>
    public static void Read(Memory<byte> message, ReadOnlySpan<ProtoRange> contents, InferTensor tensor)
    {
        TensorDataType type = tensor.DataType;
        if (tensor.ElementCount == 0 && Length(contents) == 0)
        {
            // Nothing is nothing of any type.
            tensor.BindBuffer();
            return;
        }

        int field = FieldOf(type) is > 0 and var known
            ? known
            : throw new ProtocolException($"input '{tensor.Name}': {type.Name()} has no typed contents, send it in raw_input_contents");
        ReadOnlySpan<byte> bytes = message.Span;
        if (type is TensorDataType.Fp32 or TensorDataType.Fp64
            && TryFindOnlyPacked(bytes, contents, field, out ProtoRange packed) && packed.Length == tensor.ElementCount * type.Size())
        {
            // Packed floats lie in the message as they do in memory.
            RawData.Bind(tensor, message.Slice(packed.Start, packed.Length));
            return;
        }

        // An element takes a byte of the message at least, so a short message claims its elements in vain.
        long most = Math.Clamp(tensor.ElementCount, 1, Math.Max(Length(contents), 1)) * Math.Max(type.Size(), sizeof(int));
        tensor.Buffer.GetSpan((int)Math.Min(most, FirstSize));
        TypedElements elements = new(tensor, tensor.Buffer);
        foreach (ProtoRange part in contents)
        {
            ProtoReader reader = new(bytes, part);
            while (reader.Next())
            {
                if (reader.Field == field)
                {
                    elements.Read(ref reader);
                }
                else
                {
                    RefuseOther(ref reader, field, tensor);
                }
            }
        }

        elements.RequireAll();
        tensor.BindBuffer();
    }

    /// <summary>The number of the field that carries a type.</summary>
    public static int FieldOf(TensorDataType type) => type switch
    {
        TensorDataType.Bool => 1,
        TensorDataType.Int8 or TensorDataType.Int16 or TensorDataType.Int32 => 2,
        TensorDataType.Int64 => 3,
        TensorDataType.UInt8 or TensorDataType.UInt16 or TensorDataType.UInt32 => 4,
        TensorDataType.UInt64 => 5,
        TensorDataType.Fp32 => 6,
        TensorDataType.Fp64 => 7,
        TensorDataType.Bytes => 8,
        _ => 0,
    };

    private static long Length(ReadOnlySpan<ProtoRange> parts)
    {
        long length = 0;
        foreach (ProtoRange part in parts)
        {
            length += part.Length;
        }

        return length;
    }

    private static string NameOf(int field) => field switch
    {
        1 => "bool_contents",
        2 => "int_contents",
        3 => "int64_contents",
        4 => "uint_contents",
        5 => "uint64_contents",
        6 => "fp32_contents",
        7 => "fp64_contents",
        8 => "bytes_contents",
        _ => $"field {field}",
    };

    private static bool TryFindOnlyPacked(ReadOnlySpan<byte> bytes, ReadOnlySpan<ProtoRange> contents, int field, out ProtoRange packed)
    {
        packed = default;
        if (contents.Length != 1)
        {
            return false;
        }

        ProtoReader reader = new(bytes, contents[0]);
        if (!reader.Next() || reader.Field != field || !reader.IsLengthDelimited)
        {
            return false;
        }

        packed = reader.ReadRange();
        return !reader.HasMore;
    }

    private static void RefuseOther(ref ProtoReader reader, int field, InferTensor tensor)
    {
        int found = reader.Field;
        bool text = found == FieldOf(TensorDataType.Bytes);
        if (reader.IsLengthDelimited && !text && reader.ReadRange().Length == 0)
        {
            return;
        }

        if (found <= FieldOf(TensorDataType.Bytes))
        {
            throw new ProtocolException(
                $"input '{tensor.Name}': {tensor.DataType.Name()} is expected in {NameOf(field)}, found {NameOf(found)}");
        }

        if (!reader.IsLengthDelimited)
        {
            reader.Skip();
        }
    }
}
