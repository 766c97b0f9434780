using System.Text;
using System.Text.Json;

namespace ModelOperator.Protocol;

/// <summary>Strings out of hostile JSON, and JSON in words.</summary>
internal static class JsonText
{
    private const int MaxQuoted = 64;

    /// <summary>The value at hand as a message names it, cut to a readable length.</summary>
    public static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartArray => "a list",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.Null => "null",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.PropertyName => $"\"{Cut(reader.ValueSpan)}\"",
        JsonTokenType.String => $"the string \"{Cut(reader.ValueSpan)}\"",
        JsonTokenType.Number => Cut(reader.ValueSpan),
        _ => "nothing",
    };

    /// <summary>The string at hand, if it is one and not longer than allowed.</summary>
    public static string Read(ref Utf8JsonReader reader, string what, int maxLength)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new ProtocolException($"{what} must be a string, not {Describe(ref reader)}");
        }

        // An escaped character takes six bytes at most; longer text is refused before it is copied.
        string? text = reader.ValueSpan.Length <= 6L * maxLength ? reader.GetString() : null;
        return text is null || text.Length > maxLength
            ? throw new ProtocolException($"{what} is longer than {maxLength} characters")
            : text;
    }

    /// <summary>
    /// Runs a reader over JSON and turns everything that text from outside can make System.Text.Json throw into the one error
    /// that callers expect: broken syntax, invalid UTF-8, half surrogates.
    /// </summary>
    public static T Guard<T>(ReadOnlySpan<byte> json, JsonReading<T> read)
    {
        try
        {
            if (json.IsEmpty)
            {
                throw new ProtocolException("the body is empty, expected a JSON object");
            }

            Utf8JsonReader reader = new(json);
            reader.Read();
            T result = read(ref reader);
            return reader.Read() ? throw new ProtocolException("the body goes on after its JSON object") : result;
        }
        catch (JsonException e)
        {
            throw new ProtocolException($"the body is not valid JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new ProtocolException("the body is not valid JSON: it has text that is not valid Unicode", e);
        }
    }

    private static string Cut(ReadOnlySpan<byte> text) =>
        text.Length <= MaxQuoted ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..MaxQuoted]) + "...";
}

/// <summary>Reads a value from the token at hand to its last token.</summary>
internal delegate T JsonReading<out T>(ref Utf8JsonReader reader);
