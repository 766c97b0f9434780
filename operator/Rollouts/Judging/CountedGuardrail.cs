using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>A guardrail on counts of bad requests: the routers', or a Prometheus server's.</summary>
internal sealed record CountedGuardrail(EffectiveGuardrail Guardrail, GuardrailEvidence Evidence, SourceStatus? Source)
    : KnownGuardrail(Guardrail, Source)
{
    public bool IsFromRouters => Guardrail.Type != GuardrailType.Prometheus;

    public Criterion Criterion => Guardrail.Limit is { } limit ? Criterion.Limit(limit) : Criterion.Margin(Guardrail.MarginPercent / 100.0);

    /// <summary>The latency target in force; null when there is none.</summary>
    private string? Target =>
        Evidence.Latency?.Bucket is { } bucket ? $"{Significant(LatencyBuckets.Bound(bucket).TotalMilliseconds)} ms" : null;

    private Measure Measure => Guardrail.Type switch
    {
        GuardrailType.Accuracy => Measure.Accuracy,
        GuardrailType.Latency => Measure.Latency(Target ?? $"the {Guardrail.QuantilePercent} % quantile of stable"),
        GuardrailType.Prometheus => Measure.Metric(Guardrail.Name),
        _ => Measure.ErrorRate,
    };

    public override GuardrailVerdict Judge(Judge judge, int step, bool isLast)
    {
        var judgement = judge.Of(Evidence.Enter(step), Criterion, isLast);
        return Say(judgement, Evidence.Latency is { Bucket: null } target
            ? $"no target yet: stable has answered {target.Known:N0} of the {LatencyTarget.SamplesNeeded(target.Quantile!.Value):N0} "
                + $"requests that its {Guardrail.QuantilePercent} % quantile takes"
            : Sentence.Of(Measure, Criterion, Evidence, judgement, judge) + Doubt(judgement) + LeftOut);
    }

    // A few are left out where the report of the router that answered comes later than that of the one that was told the truth.
    private string LeftOut =>
        Evidence.Coverage is { LeftOut: var leftOut } && leftOut * 100 > Evidence.Total.Canary.Total + Evidence.Total.Stable.Total
            ? $"; {leftOut:N0} outcomes are left out: more came than the revisions made predictions"
            : "";

    private string Doubt(Judgement judgement) =>
        judgement.Verdict != Verdict.Harmful && Evidence.Latency is { Against: not 0 and var against }
            ? $"; stable has become {(against > 0 ? "faster" : "slower")}, and until the target is learnt anew no canary is safe by it"
            : "";

    public override GuardrailStatus Describe(Judgement judgement) => new()
    {
        Canary = Arm(Evidence.Total.Canary),
        Stable = Arm(Evidence.Total.Stable),
        Interval = judgement.Verdict == Verdict.NoData ? null : Sentence.Where(Criterion, judgement.Interval),
        HarmEvidence = Sentence.Odds(judgement.HarmOdds),
        SafetyEvidence = Sentence.Odds(judgement.SafetyOdds),
        Target = Target,
        State = GuardrailEvidenceJson.Write(Evidence),
    };

    // A bucket is 2 % wide: three digits say all there is.
    private static string Significant(double value) => value switch
    {
        < 1 => $"{value:0.000}",
        < 10 => $"{value:0.00}",
        < 100 => $"{value:0.0}",
        _ => $"{value:0}",
    };

    private static ArmStatus Arm(ArmCounts counts) => new()
    {
        Total = counts.Total,
        Bad = counts.Bad,
        Good = counts.Total == 0 ? null : $"{100 * (1 - counts.Rate):0.0} %",
    };
}
