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
        JsonTokenType.String when BareNumbers.IsMark(reader.ValueSpan) => BareNumbers.Text(reader.ValueSpan),
        JsonTokenType.String => $"the string \"{Cut(reader.ValueSpan)}\"",
        JsonTokenType.Number => Cut(reader.ValueSpan),
        _ => "nothing",
    };

    /// <summary>The string at hand, if it is one and not longer than allowed.</summary>
    public static string Read(ref Utf8JsonReader reader, string what, int maxLength) =>
        TryRead(ref reader, maxLength) ?? throw NoText(ref reader, what, maxLength);

    /// <inheritdoc cref="Read(ref Utf8JsonReader, string, int)"/>
    public static string Read(ref Utf8JsonReader reader, TensorLabel label, string field, int maxLength) =>
        TryRead(ref reader, maxLength) ?? throw NoText(ref reader, label + field, maxLength);

    /// <summary>
    /// Runs a reader over JSON and turns everything that text from outside can make System.Text.Json throw into the one error
    /// that callers expect: broken syntax, invalid UTF-8, half surrogates.
    /// </summary>
    public static T Guard<T>(ReadOnlySpan<byte> json, JsonReading<T> read)
    {
        if (json.IsEmpty)
        {
            throw Empty();
        }

        BareNumbers.RequireNoMarks(json);
        return GuardMarked(json, read);
    }

    /// <summary>Like <see cref="Guard"/> for documents with tensors, which may have bare numbers. The reader may be called twice.</summary>
    public static T GuardTensors<T>(ReadOnlySpan<byte> json, JsonReading<T> read)
    {
        try
        {
            return Guard(json, read);
        }
        catch (ProtocolException e) when (IsSyntax(e) && BareNumbers.Mark(json) is { } marked)
        {
            return GuardMarked(marked, read);
        }
    }

    /// <summary>Goes to the first token of a document that must be an object.</summary>
    public static void BeginObject(ref Utf8JsonReader reader, string document)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ProtocolException($"{document} must be a JSON object, not {Describe(ref reader)}");
        }
    }

    /// <summary>Refuses what follows the last token of a document.</summary>
    public static void End(ref Utf8JsonReader reader)
    {
        if (reader.Read())
        {
            throw GoesOn();
        }
    }

    /// <summary>Whether it is what System.Text.Json throws for text that is no JSON.</summary>
    public static bool IsInvalid(Exception e) => e is JsonException or InvalidOperationException;

    public static ProtocolException Invalid(Exception e) => e is JsonException
        ? new ProtocolException($"the body is not valid JSON: {Cut(e.Message)}", e)
        : new ProtocolException("the body is not valid JSON: it has text that is not valid Unicode", e);

    public static ProtocolException Empty() => new("the body is empty, expected a JSON object");

    /// <summary>Whether the text is no JSON, as opposed to JSON that is no request.</summary>
    public static bool IsSyntax(ProtocolException e) => e.InnerException is JsonException;

    /// <summary>Whether the value at hand is a string that the client wrote.</summary>
    public static bool IsText(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !BareNumbers.IsMark(reader.ValueSpan);

    private static T GuardMarked<T>(ReadOnlySpan<byte> json, JsonReading<T> read)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            reader.Read();
            T result = read(ref reader);
            return reader.Read() ? throw GoesOn() : result;
        }
        catch (Exception e) when (IsInvalid(e))
        {
            throw Invalid(e);
        }
    }

    private static ProtocolException GoesOn() => new("the body goes on after its JSON object");

    private static string? TryRead(ref Utf8JsonReader reader, int maxLength)
    {
        // An escaped character takes six bytes at most; longer text is refused before it is copied.
        string? text = IsText(ref reader) && reader.ValueSpan.Length <= 6L * maxLength ? reader.GetString() : null;
        return text?.Length <= maxLength ? text : null;
    }

    private static ProtocolException NoText(ref Utf8JsonReader reader, string what, int maxLength) => IsText(ref reader)
        ? new ProtocolException($"{what} is longer than {maxLength} characters")
        : new ProtocolException($"{what} must be a string, not {Describe(ref reader)}");

    /// <summary>System.Text.Json quotes what is wrong, which can be the whole body, and says at the end where it is.</summary>
    private static string Cut(string message) =>
        message.Length <= 4 * MaxQuoted ? message : $"{message.AsSpan(0, MaxQuoted)}...{message.AsSpan(message.Length - (2 * MaxQuoted))}";

    private static string Cut(ReadOnlySpan<byte> text) =>
        text.Length <= MaxQuoted ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..MaxQuoted]) + "...";
}

/// <summary>Reads a value from the token at hand to its last token.</summary>
internal delegate T JsonReading<out T>(ref Utf8JsonReader reader);
