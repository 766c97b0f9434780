namespace ModelOperator.Protocol.Grpc;

/// <summary>Reads <c>ModelInferRequest.InferInputTensor</c> and its data, wherever that is.</summary>
internal static class InputTensorReader
{
    public static InferTensor Read(
        Memory<byte> message, int index, ProtoRange input, ProtoRange? raw, long maxElements, ProtocolLimits limits)
    {
        ReadOnlySpan<byte> bytes = message.Span;
        string name = ReadName(bytes, index, input, limits);
        TensorDataType? type = null;
        ShapeBuilder shape = new(stackalloc long[ShapeBuilder.OnStack], limits.MaxRank, name);
        TensorRanges contents = new(stackalloc ProtoRange[1], limits.MaxTensors, "contents");
        ProtoReader reader = new(bytes, input);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case InputFields.Datatype:
                    type = DataType(reader.Bytes(reader.ReadRange()), name);
                    break;
                case InputFields.Shape:
                    if (!reader.IsLengthDelimited)
                    {
                        shape.Add((long)reader.ReadNumber());
                        break;
                    }

                    ProtoReader packed = reader.Packed();
                    while (packed.HasMore)
                    {
                        shape.Add((long)packed.ReadVarint());
                    }

                    break;
                case InputFields.Parameters:
                    ParameterReader.ReadOfInput(bytes, reader.ReadRange(), name);
                    break;
                case InputFields.Contents:
                    contents.Add(reader.ReadRange());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (type is not { } dataType)
        {
            throw new ProtocolException($"input '{name}': datatype is empty, expected one of {TensorDataTypes.AllNames}");
        }

        InferTensor tensor = new();
        try
        {
            long[] dimensions = shape.Dimensions.ToArray();
            tensor.Describe(name, dataType, dimensions, Count(dimensions, maxElements, name, limits));
            ReadData(message, index, raw, contents.Ranges, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private static void ReadData(Memory<byte> message, int index, ProtoRange? raw, ReadOnlySpan<ProtoRange> contents, InferTensor tensor)
    {
        if (raw is not { } range)
        {
            TypedContents.Read(message, contents, tensor);
            return;
        }

        if (contents is not ([] or [{ Length: 0 }]))
        {
            throw new ProtocolException($"input '{tensor.Name}' has contents beside raw_input_contents, expected one of them");
        }

        Memory<byte> data = message.Slice(range.Start, range.Length);
        RawData.Check(new TensorLabel("inputs", index, tensor.Name), "the length of raw_input_contents", tensor, data.Span);
        RawData.Bind(tensor, data);
    }

    private static string ReadName(ReadOnlySpan<byte> bytes, int index, ProtoRange input, ProtocolLimits limits)
    {
        string name = "";
        ProtoReader reader = new(bytes, input);
        while (reader.Next())
        {
            if (reader.Field != InputFields.Name)
            {
                reader.Skip();
                continue;
            }

            ProtoRange range = reader.ReadRange();
            name = range.Length <= limits.MaxNameLength
                ? NameCache.Get(reader.Bytes(range), $"inputs[{index}].name")
                : throw new ProtocolException($"inputs[{index}].name is {range.Length} bytes long, the limit is {limits.MaxNameLength}");
        }

        return name.Length > 0 ? name : throw new ProtocolException($"inputs[{index}].name is empty");
    }

    private static TensorDataType DataType(ReadOnlySpan<byte> text, string name) => TensorDataTypes.TryParse(text, out TensorDataType type)
        ? type
        : throw new ProtocolException(
            $"input '{name}': datatype is '{System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, 16)])}', "
            + $"expected one of {TensorDataTypes.AllNames}");

    private static long Count(long[] shape, long maxElements, string name, ProtocolLimits limits)
    {
        foreach (long dimension in shape)
        {
            if (dimension < 0)
            {
                throw new ProtocolException($"input '{name}': shape is {Shapes.Format(shape)}, expected no negative dimension");
            }
        }

        return Shapes.TryCount(shape, maxElements, out long count)
            ? count
            : throw new ProtocolException(
                $"input '{name}': with shape {Shapes.Format(shape)} the request has more than {limits.MaxElements} elements, the limit");
    }
}
