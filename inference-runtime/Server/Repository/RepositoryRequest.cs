using System.Text.Json;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Repository;

/// <summary>Reads the bodies of requests to the repository; an empty one asks for nothing in particular.</summary>
internal static class RepositoryRequest
{
    /// <summary>Whether an index shall only have what is ready.</summary>
    public static bool ReadIndex(ReadOnlySpan<byte> body)
    {
        bool ready = false;
        Read(body, (ref Utf8JsonReader reader) =>
        {
            if (!reader.ValueTextEquals("ready"u8))
            {
                reader.Skip();
                return;
            }

            reader.Read();
            ready = reader.TokenType switch
            {
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                _ => throw new ProtocolException("ready must be true or false"),
            };
        });
        return ready;
    }

    /// <summary>Checks the body of a request to load or unload. Of its parameters only unload_dependents can be, since no model here depends on another.</summary>
    public static void CheckChange(ReadOnlySpan<byte> body) => Read(body, (ref Utf8JsonReader reader) =>
    {
        bool parameters = reader.ValueTextEquals("parameters"u8);
        reader.Read();
        if (!parameters || reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("unload_dependents"u8))
            {
                throw new ProtocolException($"parameters: {reader.GetString()} is not supported: models are served as they are in the repository");
            }

            reader.Skip();
        }
    });

    private static void Read(ReadOnlySpan<byte> body, FieldReading field)
    {
        if (body.IsEmpty)
        {
            return;
        }

        try
        {
            Utf8JsonReader reader = new(body);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new ProtocolException("the body must be a JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                field(ref reader);
            }

            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ProtocolException($"the body is not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>Reads a field from its name to its last token.</summary>
    private delegate void FieldReading(ref Utf8JsonReader reader);
}
