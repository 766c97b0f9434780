using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads the "inputs" of a request or the "outputs" of a response.</summary>
internal static class TensorListReader
{
    public static void Read(ref JsonCursor cursor, string list, List<InferTensor> tensors, ProtocolLimits limits)
    {
        ref Utf8JsonReader reader = ref cursor.Reader;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ProtocolException($"{list} must be a list of tensors, not {JsonText.Describe(ref reader)}");
        }

        long elements = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (tensors.Count == limits.MaxTensors)
            {
                throw new ProtocolException($"{list} has more than {limits.MaxTensors} tensors, the limit");
            }

            InferTensor tensor = InferTensorReader.Read(
                ref cursor, new TensorLabel(list, tensors.Count), limits, limits.MaxElements - elements);
            tensors.Add(tensor);
            elements += tensor.ElementCount;
        }
    }
}
