using System.Text;
using System.Text.Json;
using ModelOperator.Analysis;

namespace ModelOperator.Cli.Replay;

/// <summary>Reads a block and refuses, with a word on what would be right, whatever is not exactly one.</summary>
internal static class BlockLineParser
{
    /// <summary>Requests a block may have: sums of such stay far from overflow.</summary>
    public const long MostCounts = 1_000_000_000_000;

    private const int MostSteps = 1000;
    private const int LongestName = 63;
    private const int LongestShown = 40;
    private const double LargestTime = 1e12;
    private const string Example = """{"t":10,"guardrail":"errors","canary":{"bad":0,"total":50},"stable":{"bad":1,"total":450}}""";

    /// <summary>Reads a line.</summary>
    public static BlockLine Parse(ReadOnlySpan<byte> line, long number)
    {
        if (line.Trim(" \t"u8).IsEmpty)
        {
            throw new LineException(number, $"is empty; want a block such as {Example}");
        }

        try
        {
            var reader = new Utf8JsonReader(line);
            var block = Block(ref reader, number);
            return reader.Read() ? throw new LineException(number, "goes on after the block; want one JSON object on a line") : block;
        }
        catch (JsonException e)
        {
            throw new LineException(number, $"is not JSON at byte {(e.BytePositionInLine ?? 0) + 1}; want a block such as {Example}");
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half a surrogate pair: the reader finds them only when it makes the text.
            throw new LineException(
                number,
                "has text that is not valid UTF-8, or an escape such as \ud800 that stands for no character; "
                + $"want a block such as {Example}");
        }
    }

    private static BlockLine Block(ref Utf8JsonReader reader, long number)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new LineException(number, $"is no JSON object; want a block such as {Example}");
        }

        double? time = null;
        string? guardrail = null;
        ArmCounts? canary = null;
        ArmCounts? stable = null;
        int? step = null;
        while (Next(ref reader) is { } field)
        {
            switch (field)
            {
                case "t" when time is null:
                    time = Time(ref reader, number);
                    break;
                case "guardrail" when guardrail is null:
                    guardrail = Name(ref reader, number);
                    break;
                case "canary" when canary is null:
                    canary = Arm(ref reader, field, number);
                    break;
                case "stable" when stable is null:
                    stable = Arm(ref reader, field, number);
                    break;
                case "step" when step is null:
                    step = Step(ref reader, number);
                    break;
                default:
                    throw new LineException(number, field is "t" or "guardrail" or "canary" or "stable" or "step"
                        ? $"has the field \"{field}\" twice"
                        : $"has an unknown field \"{Shorten(field)}\"; want t, guardrail, canary and stable, "
                            + "and step where the stream has it");
            }
        }

        return new BlockLine(
            time ?? throw Missing("t", "the time in seconds", number),
            guardrail ?? throw Missing("guardrail", "the guardrail's name", number),
            canary,
            canary is null && stable is null ? throw Missing("stable", """counts such as {"bad":1,"total":450}""", number) : stable,
            step);
    }

    private static string? Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        string field = reader.GetString()!;
        reader.Read();
        return field;
    }

    private static double Time(ref Utf8JsonReader reader, long number) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double time) && Math.Abs(time) <= LargestTime
            ? time
            : throw new LineException(number, $"t is {Show(ref reader)}; want a number of seconds between -1e12 and 1e12");

    private static int Step(ref Utf8JsonReader reader, long number) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int step) && step is >= -1 and <= MostSteps
            ? step
            : throw new LineException(
                number,
                $"step is {Show(ref reader)}; want which step of the rollout it is, from 0 to {MostSteps}, or -1 while the weights move");

    private static string Name(ref Utf8JsonReader reader, long number) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 and <= LongestName } name
                && !name.Any(char.IsControl)
            ? name
            : throw new LineException(number, $"guardrail is {Show(ref reader)}; want a name of 1 to {LongestName} characters");

    private static ArmCounts Arm(ref Utf8JsonReader reader, string arm, long number)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new LineException(number, $$"""{{arm}} is {{Show(ref reader)}}; want {"bad":n,"total":n}""");
        }

        long? bad = null;
        long? total = null;
        while (Next(ref reader) is { } field)
        {
            switch (field)
            {
                case "bad" when bad is null:
                    bad = Count(ref reader, $"{arm}.bad", number);
                    break;
                case "total" when total is null:
                    total = Count(ref reader, $"{arm}.total", number);
                    break;
                default:
                    throw new LineException(number, field is "bad" or "total"
                        ? $"has the field {arm}.{field} twice"
                        : $"has an unknown field \"{arm}.{Shorten(field)}\"; want {arm}.bad and {arm}.total");
            }
        }

        var counts = new ArmCounts(
            bad ?? throw Missing($"{arm}.bad", "how many were bad", number),
            total ?? throw Missing($"{arm}.total", "how many there were", number));
        return counts.Bad <= counts.Total
            ? counts
            : throw new LineException(
                number, $"{arm}.bad is {counts.Bad}, more than {arm}.total, which is {counts.Total}; want at most that");
    }

    private static long Count(ref Utf8JsonReader reader, string field, long number) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long count) && count is >= 0 and <= MostCounts
            ? count
            : throw new LineException(number, $"{field} is {Show(ref reader)}; want a whole number from 0 to {MostCounts}");

    private static LineException Missing(string field, string what, long number) => new(number, $"has no {field}; want {what}");

    private static string Show(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => $"\"{Shorten(reader.GetString()!)}\"",
        _ => Shorten(Encoding.UTF8.GetString(reader.ValueSpan)),
    };

    private static string Shorten(string text)
    {
        string shown = text.Length <= LongestShown ? text : $"{text[..LongestShown]}...";
        return string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c));
    }
}
