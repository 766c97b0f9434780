using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>A guardrail in the status: figures for people beside the exact state.</summary>
internal static class GuardrailSummary
{
    public static GuardrailStatus Of(KnownGuardrail known, GuardrailVerdict verdict) => new()
    {
        Name = known.Guardrail.Name,
        Verdict = verdict.Judgement.Verdict.ToString(),
        Message = StatusLimits.Shorten(verdict.Sentence),
        Canary = ArmOf(known.Evidence.Total.Canary),
        Stable = ArmOf(known.Evidence.Total.Stable),
        HarmEvidence = Sentence.Odds(verdict.Judgement.HarmOdds),
        SafetyEvidence = Sentence.Odds(verdict.Judgement.SafetyOdds),
        Target = Target(known.Evidence),
        State = GuardrailEvidenceJson.Write(known.Evidence),
    };

    /// <summary>The latency target in force; null when there is none.</summary>
    public static string? Target(GuardrailEvidence evidence) =>
        evidence.Latency?.Bucket is { } bucket ? $"{Significant(LatencyBuckets.Bound(bucket).TotalMilliseconds)} ms" : null;

    // A bucket is 2 % wide: three digits say all there is.
    private static string Significant(double value) => value switch
    {
        < 1 => $"{value:0.000}",
        < 10 => $"{value:0.00}",
        < 100 => $"{value:0.0}",
        _ => $"{value:0}",
    };

    private static ArmStatus ArmOf(ArmCounts counts) => new()
    {
        Total = counts.Total,
        Bad = counts.Bad,
        Good = counts.Total == 0 ? null : $"{100 * (1 - counts.Rate):0.0} %",
    };
}
