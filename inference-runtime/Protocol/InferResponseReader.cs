using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads infer responses, as a client does. Whatever the bytes are, the result is tensors or a <see cref="ProtocolException"/>.</summary>
public static class InferResponseReader
{
    /// <summary>The output tensors. The caller disposes them.</summary>
    public static IReadOnlyList<InferTensor> Read(ReadOnlySpan<byte> json, ProtocolLimits limits)
    {
        List<InferTensor> outputs = [];
        try
        {
            return JsonText.Guard(json, (ref Utf8JsonReader reader) => Read(ref reader, outputs, limits));
        }
        catch
        {
            outputs.ForEach(output => output.Dispose());
            throw;
        }
    }

    private static List<InferTensor> Read(ref Utf8JsonReader reader, List<InferTensor> outputs, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"the answer must be a JSON object, not {JsonText.Describe(ref reader)}");
        }

        bool given = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("outputs"u8))
            {
                reader.Skip();
                continue;
            }

            InferRequestReader.Once(ref given, "outputs");
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new ProtocolException($"outputs must be a list of tensors, not {JsonText.Describe(ref reader)}");
            }

            ReadOutputs(ref reader, outputs, limits);
        }

        return given ? outputs : throw new ProtocolException("outputs is missing: the answer must list the output tensors");
    }

    private static void ReadOutputs(ref Utf8JsonReader reader, List<InferTensor> outputs, ProtocolLimits limits)
    {
        long elements = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (outputs.Count == limits.MaxTensors)
            {
                throw new ProtocolException($"outputs has more than {limits.MaxTensors} tensors, the limit");
            }

            InferTensor tensor = InferTensorReader.Read(ref reader, "outputs", outputs.Count, limits, limits.MaxElements - elements);
            outputs.Add(tensor);
            elements += tensor.ElementCount;
        }
    }
}
