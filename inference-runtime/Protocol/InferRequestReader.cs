using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Reads infer requests. Whatever the bytes are, the result is a request or a <see cref="ProtocolException"/>.</summary>
public static class InferRequestReader
{
    /// <summary>Reads a request whose tensors are all in the JSON.</summary>
    public static InferRequest Read(ReadOnlySpan<byte> json, ProtocolLimits limits)
    {
        InferRequest request = new();
        try
        {
            return JsonText.Guard(json, (ref Utf8JsonReader reader) => Read(ref reader, request, limits));
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    private static InferRequest Read(ref Utf8JsonReader reader, InferRequest request, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"the body must be a JSON object, not {JsonText.Describe(ref reader)}");
        }

        bool id = false, inputs = false, outputs = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                Once(ref id, "id");
                reader.Read();
                request.Id = JsonText.Read(ref reader, "id", limits.MaxIdLength);
            }
            else if (reader.ValueTextEquals("inputs"u8))
            {
                Once(ref inputs, "inputs");
                reader.Read();
                ReadInputs(ref reader, request, limits);
            }
            else if (reader.ValueTextEquals("outputs"u8))
            {
                Once(ref outputs, "outputs");
                reader.Read();
                request.Outputs = ReadOutputs(ref reader, limits);
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                reader.Read();
                ParametersReader.Read(ref reader, "parameters");
            }
            else
            {
                reader.Skip();
            }
        }

        return inputs ? request : throw new ProtocolException("inputs is missing: the request must list the input tensors");
    }

    private static void ReadInputs(ref Utf8JsonReader reader, InferRequest request, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ProtocolException($"inputs must be a list of tensors, not {JsonText.Describe(ref reader)}");
        }

        long elements = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (request.Inputs.Count == limits.MaxTensors)
            {
                throw new ProtocolException($"inputs has more than {limits.MaxTensors} tensors, the limit");
            }

            InferTensor tensor = InferTensorReader.Read(ref reader, "inputs", request.Inputs.Count, limits, limits.MaxElements - elements);
            request.Inputs.Add(tensor);
            elements += tensor.ElementCount;
        }
    }

    private static List<RequestedOutput>? ReadOutputs(ref Utf8JsonReader reader, ProtocolLimits limits)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ProtocolException($"outputs must be a list of objects with a name, not {JsonText.Describe(ref reader)}");
        }

        List<RequestedOutput> outputs = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string label = $"outputs[{outputs.Count}]";
            if (outputs.Count == limits.MaxTensors)
            {
                throw new ProtocolException($"outputs has more than {limits.MaxTensors} entries, the limit");
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new ProtocolException($"{label} must be an object with a name, not {JsonText.Describe(ref reader)}");
            }

            outputs.Add(ReadOutput(ref reader, label, limits));
        }

        // An empty list asks for nothing in particular.
        return outputs.Count == 0 ? null : outputs;
    }

    private static RequestedOutput ReadOutput(ref Utf8JsonReader reader, string label, ProtocolLimits limits)
    {
        string? name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                bool given = name is not null;
                Once(ref given, $"{label}.name");
                reader.Read();
                name = JsonText.Read(ref reader, $"{label}.name", limits.MaxNameLength);
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                reader.Read();
                ParametersReader.Read(ref reader, $"{label}.parameters");
            }
            else
            {
                reader.Skip();
            }
        }

        return new RequestedOutput(name ?? throw new ProtocolException($"{label}.name is missing"));
    }

    internal static void Once(ref bool given, string field)
    {
        if (given)
        {
            throw new ProtocolException($"{field} is given twice");
        }

        given = true;
    }
}
