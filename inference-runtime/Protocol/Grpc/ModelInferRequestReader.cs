namespace ModelOperator.Protocol.Grpc;

/// <summary>
/// Reads <c>inference.ModelInferRequest</c> straight into what is computed. Generated code would copy each raw tensor twice on the way.
/// </summary>
public static class ModelInferRequestReader
{
    /// <param name="message">The message; raw tensors become views of it.</param>
    /// <param name="owner">Of the message; the request disposes it, also when reading fails.</param>
    /// <param name="limits">What a request may hold.</param>
    /// <exception cref="ProtocolException">The message is no request.</exception>
    public static ModelInferRequest Read(Memory<byte> message, IDisposable owner, ProtocolLimits limits)
    {
        InferRequest request = new();
        request.Own(owner);
        try
        {
            return Read(message, request, limits);
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    /// <summary>Where in a message the first raw tensor begins; -1 when the part does not tell.</summary>
    public static int FirstRawTensor(ReadOnlySpan<byte> start)
    {
        int at = 0;
        while (ProtoScan.TryReadTag(start, ref at, out int field, out int wireType))
        {
            if (wireType == 2 && field == RequestFields.RawInputContents)
            {
                return ProtoScan.TryReadVarint(start, ref at, out _) ? at : -1;
            }

            if (!ProtoScan.TrySkip(start, ref at, wireType))
            {
                return -1;
            }
        }

        return -1;
    }

    private static ModelInferRequest Read(Memory<byte> message, InferRequest request, ProtocolLimits limits)
    {
        ReadOnlySpan<byte> bytes = message.Span;
        string modelName = "";
        string modelVersion = "";
        bool typedOutputs = false;
        TensorRanges inputs = new(stackalloc ProtoRange[TensorRanges.OnStack], limits.MaxTensors, "inputs");
        TensorRanges raw = new(stackalloc ProtoRange[TensorRanges.OnStack], limits.MaxTensors, "raw_input_contents");
        ProtoReader reader = new(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case RequestFields.ModelName:
                    modelName = Name(ref reader, "model_name", limits);
                    break;
                case RequestFields.ModelVersion:
                    modelVersion = Name(ref reader, "model_version", limits);
                    break;
                case RequestFields.Id:
                    request.Id = Id(ref reader, limits);
                    break;
                case RequestFields.Parameters:
                    ParameterReader.ReadOfRequest(bytes, reader.ReadRange(), request.Parameters, ref typedOutputs);
                    break;
                case RequestFields.Inputs:
                    inputs.Add(reader.ReadRange());
                    break;
                case RequestFields.Outputs:
                    AddOutput(request, RequestedOutputMessage.Read(bytes, reader.ReadRange(), request.Outputs?.Count ?? 0, limits), limits);
                    break;
                case RequestFields.RawInputContents:
                    raw.Add(reader.ReadRange());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        ReadInputs(message, request, inputs.Ranges, raw.Ranges, limits);
        return new ModelInferRequest(modelName, modelVersion, request, typedOutputs);
    }

    private static void ReadInputs(
        Memory<byte> message, InferRequest request, ReadOnlySpan<ProtoRange> inputs, ReadOnlySpan<ProtoRange> raw, ProtocolLimits limits)
    {
        if (!raw.IsEmpty && raw.Length != inputs.Length)
        {
            throw new ProtocolException(
                $"raw_input_contents has {raw.Length} values for {inputs.Length} inputs, expected one for each or none");
        }

        long left = limits.MaxElements;
        for (int i = 0; i < inputs.Length; i++)
        {
            InferTensor tensor = InputTensorReader.Read(message, i, inputs[i], raw.IsEmpty ? null : raw[i], left, limits);
            request.Inputs.Add(tensor);
            left -= tensor.ElementCount;
        }
    }

    private static string Name(ref ProtoReader reader, string field, ProtocolLimits limits)
    {
        ProtoRange range = reader.ReadRange();
        return range.Length <= limits.MaxNameLength
            ? NameCache.Get(reader.Bytes(range), field)
            : throw new ProtocolException($"{field} is {range.Length} bytes long, the limit is {limits.MaxNameLength}");
    }

    private static string? Id(ref ProtoReader reader, ProtocolLimits limits)
    {
        ProtoRange range = reader.ReadRange();
        return range.Length == 0 ? null
            : range.Length <= limits.MaxIdLength ? NameCache.Decode(reader.Bytes(range), "id")
            : throw new ProtocolException($"id is {range.Length} bytes long, the limit is {limits.MaxIdLength}");
    }

    private static void AddOutput(InferRequest request, RequestedOutput output, ProtocolLimits limits)
    {
        request.Outputs ??= [];
        if (request.Outputs.Count == limits.MaxTensors)
        {
            throw new ProtocolException($"outputs has more than {limits.MaxTensors} tensors, the limit");
        }

        request.Outputs.Add(output);
    }
}
