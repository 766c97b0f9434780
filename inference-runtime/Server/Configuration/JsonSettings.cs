using System.Text;
using System.Text.Json;

namespace ModelOperator.Server.Configuration;

/// <summary>Settings as a JSON object of keys and values or lists of values.</summary>
internal static class JsonSettings
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static IReadOnlyList<FileSetting> Read(ReadOnlySpan<byte> json, string path)
    {
        List<FileSetting> settings = [];
        Utf8JsonReader reader = new(json, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw ConfigurationFile.Refusal($"{path}: expected an object such as {{\"port\": 8080}}");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = reader.GetString()!;
                int line = json[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
                reader.Read();
                settings.Add(new FileSetting(key, Values(ref reader, key, line, path), line));
            }

            // What comes after the object is refused here.
            reader.Read();
            return settings;
        }
        catch (JsonException e)
        {
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{path} line {e.LineNumber + 1}: it is no JSON: {e.Message}", e);
        }
    }

    private static List<string> Values(ref Utf8JsonReader reader, string key, int line, string path)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return [Value(ref reader, key, line, path)];
        }

        List<string> values = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            values.Add(Value(ref reader, key, line, path));
        }

        return values;
    }

    private static string Value(ref Utf8JsonReader reader, string key, int line, string path) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => throw ConfigurationFile.Refusal($"{path} line {line}: {key} has no plain value: expected a string, a number, true or false, or a list of them"),
    };
}
