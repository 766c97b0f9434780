using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Gathering;

/// <summary>What the inference runtime leaves behind when it has to end: one line of JSON with a reason and a sentence.</summary>
internal sealed record TerminationMessage(string? Reason, string? Message)
{
    private const int LongestReason = 64;

    /// <summary>Reads it; null when the text is something else, such as the end of a log.</summary>
    public static PodFailure? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.TrimStart()[0] != '{')
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, TerminationJson.Default.TerminationMessage) is { } message
                && IsReason(message.Reason)
                ? new PodFailure(message.Reason!, string.IsNullOrWhiteSpace(message.Message) ? message.Reason! : message.Message)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // It becomes the reason of a condition, which the API server checks against a pattern.
    private static bool IsReason(string? reason) =>
        reason is { Length: > 0 and <= LongestReason } && char.IsAsciiLetterUpper(reason[0]) && reason.All(char.IsAsciiLetterOrDigit);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TerminationMessage))]
internal sealed partial class TerminationJson : JsonSerializerContext;
