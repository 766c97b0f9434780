using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>
/// Reads "parameters" objects. Unknown parameters mean nothing to this server, as the protocol allows; known ones that ask for what it
/// does not do are refused rather than ignored.
/// </summary>
internal static class ParametersReader
{
    /// <summary>A year; what is longer is a mistake.</summary>
    private const ulong MaxTimeoutMicroseconds = 366UL * 24 * 60 * 60 * 1_000_000;

    public static void ReadOfRequest(ref Utf8JsonReader reader, InferParameters parameters)
    {
        TensorLabel label = TensorLabel.RequestParameters;
        bool any = Opens(ref reader, label);
        while (any && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("binary_data_output"u8))
            {
                parameters.BinaryDataOutput = Bool(ref reader, label, "binary_data_output");
            }
            else if (reader.ValueTextEquals("priority"u8))
            {
                parameters.Priority = Whole(ref reader, label, "priority", ulong.MaxValue);
            }
            else if (reader.ValueTextEquals("timeout"u8))
            {
                ulong microseconds = Whole(ref reader, label, "timeout", MaxTimeoutMicroseconds);
                parameters.Timeout = microseconds == 0 ? null : TimeSpan.FromMicroseconds(microseconds);
            }
            else if (reader.ValueTextEquals("sequence_id"u8))
            {
                Value(ref reader, label);
                RefuseSequence(!IsNothing(ref reader), "sequence_id");
            }
            else if (reader.ValueTextEquals("sequence_start"u8))
            {
                RefuseSequence(Bool(ref reader, label, "sequence_start"), "sequence_start");
            }
            else if (reader.ValueTextEquals("sequence_end"u8))
            {
                RefuseSequence(Bool(ref reader, label, "sequence_end"), "sequence_end");
            }
            else
            {
                Value(ref reader, label);
            }
        }
    }

    /// <returns>Length of the tensor's binary data; null when it has none.</returns>
    public static int? ReadOfTensor(ref Utf8JsonReader reader, TensorLabel tensor)
    {
        TensorLabel label = tensor.Part(": parameters");
        int? size = null;
        bool any = Opens(ref reader, label);
        while (any && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("binary_data_size"u8))
            {
                size = (int)Whole(ref reader, label, "binary_data_size", int.MaxValue);
            }
            else
            {
                RefuseSharedMemory(ref reader, label);
                Value(ref reader, label);
            }
        }

        return size;
    }

    public static void ReadOfOutput(ref Utf8JsonReader reader, TensorLabel output, ref bool? binary, ref int classification)
    {
        TensorLabel label = output.Part(".parameters");
        bool any = Opens(ref reader, label);
        while (any && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("binary_data"u8))
            {
                binary = Bool(ref reader, label, "binary_data");
            }
            else if (reader.ValueTextEquals("classification"u8))
            {
                classification = (int)Whole(ref reader, label, "classification", int.MaxValue);
            }
            else
            {
                RefuseSharedMemory(ref reader, label);
                Value(ref reader, label);
            }
        }
    }

    /// <summary>Whether there are parameters: clients that write every field send null for none.</summary>
    private static bool Opens(ref Utf8JsonReader reader, TensorLabel label) => reader.TokenType switch
    {
        JsonTokenType.StartObject => true,
        JsonTokenType.Null => false,
        _ => throw new ProtocolException($"{label} must be an object, not {JsonText.Describe(ref reader)}"),
    };

    private static void Value(ref Utf8JsonReader reader, TensorLabel label)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.Null)
        {
            throw new ProtocolException($"{label}: a parameter must be a string, a number or a bool, not {JsonText.Describe(ref reader)}");
        }
    }

    private static bool Bool(ref Utf8JsonReader reader, TensorLabel label, string name)
    {
        Value(ref reader, label);
        return reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw new ProtocolException($"{label}: {name} is {JsonText.Describe(ref reader)}, expected true or false"),
        };
    }

    private static ulong Whole(ref Utf8JsonReader reader, TensorLabel label, string name, ulong most)
    {
        Value(ref reader, label);
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out ulong value) && value <= most
            ? value
            : throw new ProtocolException($"{label}: {name} is {JsonText.Describe(ref reader)}, expected a whole number from 0 to {most}");
    }

    /// <summary>Clients that know sequences send 0 or an empty text where there is none.</summary>
    private static bool IsNothing(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.ValueSpan.IsEmpty,
        JsonTokenType.Number => reader.TryGetInt64(out long id) && id == 0,
        _ => false,
    };

    private static void RefuseSequence(bool asked, string name)
    {
        if (asked)
        {
            throw new ProtocolException(
                $"parameters: {name} makes the request one of a sequence, but the models of this server keep no state between requests");
        }
    }

    private static void RefuseSharedMemory(ref Utf8JsonReader reader, TensorLabel label)
    {
        if (reader.ValueTextEquals("shared_memory_region"u8))
        {
            throw new ProtocolException(
                $"{label}: shared_memory_region is an extension that this server does not have: send and ask for JSON or binary data");
        }
    }
}
