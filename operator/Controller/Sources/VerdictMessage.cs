using System.Text.Json;
using ModelOperator.Analysis;

namespace ModelOperator.Controller.Sources;

/// <summary>What a check outside says of a canary: a webhook's answer, or a Job's termination message.</summary>
/// <param name="Verdict">Safe, Harmful, Continue or Inconclusive.</param>
/// <param name="Message">The check's own words, for people; null when it had none.</param>
internal sealed record VerdictMessage(Verdict Verdict, string? Message)
{
    private const int LongestMessage = 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads <c>{"verdict": "...", "message": "..."}</c>; null and a problem when it is anything else.</summary>
    public static VerdictMessage? Parse(ReadOnlyMemory<byte> json, out string? problem)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Strict);
            return Parse(document.RootElement, out problem);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = "it is not JSON";
            return null;
        }
    }

    private static VerdictMessage? Parse(JsonElement answer, out string? problem)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("verdict", out JsonElement verdict))
        {
            problem = "it has no field verdict";
            return null;
        }

        problem = null;
        Verdict? said = (verdict.ValueKind == JsonValueKind.String ? verdict.GetString() : null) switch
        {
            "Safe" => Analysis.Verdict.Safe,
            "Harmful" => Analysis.Verdict.Harmful,
            "Continue" => Analysis.Verdict.Continue,
            "Inconclusive" => Analysis.Verdict.Inconclusive,
            _ => null,
        };
        if (said is null)
        {
            problem = "verdict is none of \"Safe\", \"Harmful\", \"Continue\" and \"Inconclusive\"";
            return null;
        }

        if (answer.TryGetProperty("message", out JsonElement message)
            && message.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
        {
            problem = "message is not a string";
            return null;
        }

        string? text = message.ValueKind == JsonValueKind.String ? message.GetString() : null;
        return new VerdictMessage(said.Value, string.IsNullOrWhiteSpace(text) ? null : OneLine.Of(text, LongestMessage));
    }
}
