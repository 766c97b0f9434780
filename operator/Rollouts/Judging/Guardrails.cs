using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>The guardrails of the spec, their evidence in the status and what it says.</summary>
internal static class Guardrails
{
    /// <summary>Judges every guardrail and says so in the status.</summary>
    public static void Judge(Scope scope)
    {
        if (scope.Status.Rollout is null)
        {
            return;
        }

        var analysis = scope.Spec.Analysis;
        var judge = Analysis.Judge.ForGuardrails(analysis.ConfidencePercent, analysis.Guardrails.Count);
        var all = analysis.Guardrails.Select(guardrail => (Guardrail: guardrail, Evidence: EvidenceOf(scope.Status, guardrail))).ToList();
        bool isLast = scope.Now - scope.Status.Rollout.AnalysisStartedAt >= analysis.Deadline;
        scope.Verdicts = [.. all.Select(g => Judge(g.Guardrail, g.Evidence, judge, isLast))];
        scope.Status.Analysis = [.. all.Zip(scope.Verdicts, (g, verdict) => StatusOf(g.Guardrail, g.Evidence, verdict))];
    }

    public static double Margin(EffectiveGuardrail guardrail) => guardrail.MarginPercent / 100.0;

    public static string HarmReason(GuardrailType type) => type switch
    {
        GuardrailType.Accuracy => Reasons.AccuracyHarmful,
        GuardrailType.Latency => Reasons.LatencyHarmful,
        _ => Reasons.ErrorRateHarmful,
    };

    /// <summary>The evidence so far; none when the guardrail was changed, because then the old says nothing of the new.</summary>
    public static GuardrailEvidence EvidenceOf(ModelDeploymentStatus status, EffectiveGuardrail guardrail)
    {
        string settings = $"{guardrail.Type}/{guardrail.MarginPercent}/{guardrail.QuantilePercent}/{guardrail.MaxMilliseconds}";
        var saved = GuardrailEvidenceJson.Read(status.Analysis?.Find(g => g.Name == guardrail.Name)?.State);
        return saved?.Settings == settings ? saved : new GuardrailEvidence { Settings = settings, Latency = TargetOf(guardrail) };
    }

    public static GuardrailStatus StatusOf(EffectiveGuardrail guardrail, GuardrailEvidence evidence, GuardrailVerdict? verdict = null) => new()
    {
        Name = guardrail.Name,
        Verdict = (verdict?.Judgement.Verdict ?? Verdict.NoData).ToString(),
        Message = verdict is null ? null : StatusLimits.Shorten(verdict.Sentence),
        Canary = ArmOf(evidence.Total.Canary),
        Stable = ArmOf(evidence.Total.Stable),
        HarmEvidence = verdict is null ? null : Sentence.Odds(verdict.Judgement.HarmOdds),
        SafetyEvidence = verdict is null ? null : Sentence.Odds(verdict.Judgement.SafetyOdds),
        Target = TargetText(evidence),
        State = GuardrailEvidenceJson.Write(evidence),
    };

    private static GuardrailVerdict Judge(EffectiveGuardrail guardrail, GuardrailEvidence evidence, Judge judge, bool isLast)
    {
        var judgement = judge.Of(evidence, isLast);
        return new GuardrailVerdict(guardrail, judgement, Sentence.Of(MeasureOf(guardrail, evidence), Margin(guardrail), evidence, judgement, judge));
    }

    private static Measure MeasureOf(EffectiveGuardrail guardrail, GuardrailEvidence evidence) => guardrail.Type switch
    {
        GuardrailType.Accuracy => Measure.Accuracy,
        GuardrailType.Latency => Measure.Latency(TargetText(evidence) ?? $"stable's {guardrail.QuantilePercent} % quantile (not known yet)"),
        _ => Measure.ErrorRate,
    };

    private static LatencyTarget? TargetOf(EffectiveGuardrail guardrail) => guardrail switch
    {
        { Type: not GuardrailType.Latency } => null,
        { MaxMilliseconds: { } limit } => LatencyTarget.Fixed(LatencyBuckets.Index(TimeSpan.FromMilliseconds(limit))),
        _ => LatencyTarget.Following((guardrail.QuantilePercent ?? Defaults.QuantilePercent) / 100.0),
    };

    private static string? TargetText(GuardrailEvidence evidence) =>
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
