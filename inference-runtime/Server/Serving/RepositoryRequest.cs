using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Repository.Overrides;

namespace ModelOperator.Server.Serving;

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

    /// <summary>What a request to load says of the model.</summary>
    public static ModelOverride ReadLoad(ReadOnlySpan<byte> body)
    {
        ModelOverride asked = new();
        ReadParameters(body, (string name, ref Utf8JsonReader value) =>
        {
            if (ModelOverride.IsConfig(name))
            {
                asked.SetConfig(value.TokenType == JsonTokenType.String ? value.GetString()! : throw NotText(name));
                return true;
            }

            if (!ModelOverride.IsFile(name))
            {
                return false;
            }

            asked.AddFile(name, value.TokenType != JsonTokenType.String ? throw NotText(name)
                : value.TryGetBytesFromBase64(out byte[]? content) ? content
                : throw new ProtocolException($"parameters: {name} is not base64"));
            return true;
        });
        return asked;
    }

    /// <summary>Checks the body of a request to unload.</summary>
    public static void CheckUnload(ReadOnlySpan<byte> body) => ReadParameters(body, (string _, ref Utf8JsonReader _) => false);

    private static void ReadParameters(ReadOnlySpan<byte> body, ParameterReading known) => Read(body, (ref Utf8JsonReader reader) =>
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
            string name = reader.GetString()!;
            reader.Read();
            if (name != ModelOverride.UnloadDependents && !known(name, ref reader))
            {
                throw new ProtocolException($"parameters: {name} is not supported here");
            }

            reader.Skip();
        }
    });

    private static ProtocolException NotText(string name) => new($"parameters: {name} must be a string");

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

    /// <summary>Reads a parameter whose value is the current token; false when there is none of that name.</summary>
    private delegate bool ParameterReading(string name, ref Utf8JsonReader value);
}
