using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Evidence;

/// <summary>
/// The line that a container of the runtime leaves when it has to end: a reason for the operator and a sentence for people.
/// </summary>
/// <param name="Reason">One of <see cref="FailureReasons"/>.</param>
/// <param name="Message">What is wrong and where.</param>
public sealed record TerminationMessage(string Reason, string Message)
{
    private const int LongestReason = 64;

    /// <summary>Reads it; null when the text is something else, such as the end of a log.</summary>
    public static TerminationMessage? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.TrimStart()[0] != '{')
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, TerminationJson.Default.TerminationMessage) is { } told && IsReason(told.Reason)
                ? string.IsNullOrWhiteSpace(told.Message) ? told with { Message = told.Reason } : told
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TerminationJson.Default.TerminationMessage);

    // It becomes the reason of a condition, which the API server checks against a pattern.
    private static bool IsReason(string? reason) =>
        reason is { Length: > 0 and <= LongestReason } && char.IsAsciiLetterUpper(reason[0]) && reason.All(char.IsAsciiLetterOrDigit);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TerminationMessage))]
internal sealed partial class TerminationJson : JsonSerializerContext;
