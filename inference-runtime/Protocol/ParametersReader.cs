using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>
/// Reads "parameters" objects. Unknown parameters mean nothing to this server, as the protocol allows; those of the binary tensor
/// extension would change what the client gets back, so they are refused rather than ignored.
/// </summary>
internal static class ParametersReader
{
    public static void Read(ref Utf8JsonReader reader, string label)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"{label} must be an object, not {JsonText.Describe(ref reader)}");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? binary = reader.ValueTextEquals("binary_data_size"u8) ? "binary_data_size"
                : reader.ValueTextEquals("binary_data"u8) ? "binary_data"
                : reader.ValueTextEquals("binary_data_output"u8) ? "binary_data_output"
                : null;
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.Null)
            {
                throw new ProtocolException($"{label}: a parameter must be a string, a number or a bool, not {JsonText.Describe(ref reader)}");
            }

            if (binary is not null && reader.TokenType != JsonTokenType.False)
            {
                throw new ProtocolException($"{label}: {binary} asks for the binary tensor extension, which this server does not have: send and ask for JSON data");
            }
        }
    }
}
