using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads the "outputs" of a request.</summary>
internal static class RequestedOutputReader
{
    public static List<RequestedOutput>? ReadList(ref JsonCursor cursor, ProtocolLimits limits)
    {
        ref Utf8JsonReader reader = ref cursor.Reader;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ProtocolException($"outputs must be a list of objects with a name, not {JsonText.Describe(ref reader)}");
        }

        List<RequestedOutput> outputs = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (outputs.Count == limits.MaxTensors)
            {
                throw new ProtocolException($"outputs has more than {limits.MaxTensors} entries, the limit");
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new ProtocolException($"outputs[{outputs.Count}] must be an object with a name, not {JsonText.Describe(ref reader)}");
            }

            outputs.Add(Read(ref cursor, new TensorLabel("outputs", outputs.Count), limits));
        }

        // An empty list asks for nothing in particular.
        return outputs.Count == 0 ? null : outputs;
    }

    private static RequestedOutput Read(ref JsonCursor cursor, TensorLabel label, ProtocolLimits limits)
    {
        ref Utf8JsonReader reader = ref cursor.Reader;
        string? name = null;
        bool? binary = null;
        int classification = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                if (name is not null)
                {
                    throw new ProtocolException($"{label}.name is given twice");
                }

                reader.Read();
                name = JsonText.Read(ref reader, label, ".name", limits.MaxNameLength);
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                reader.Read();
                ParametersReader.ReadOfOutput(ref reader, label, ref binary, ref classification);
            }
            else
            {
                reader.Skip();
            }
        }

        return new RequestedOutput(name ?? throw new ProtocolException($"{label}.name is missing"))
        {
            BinaryData = binary,
            Classification = classification,
        };
    }
}
