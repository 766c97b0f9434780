using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>The guardrails of the spec, their evidence in the status and what it says.</summary>
internal static class Guardrails
{
    /// <summary>Loads what the status knows of every guardrail.</summary>
    public static void Load(Scope scope)
    {
        if (scope.Status.Rollout is not null)
        {
            scope.Evidence = [.. scope.Spec.Analysis.Guardrails.Select(guardrail => new KnownGuardrail(guardrail, Saved(scope.Status, guardrail)))];
        }
    }

    /// <summary>Judges every guardrail and says so in the status.</summary>
    public static void Judge(Scope scope)
    {
        if (scope.Status.Rollout is not { } rollout)
        {
            return;
        }

        var analysis = scope.Spec.Analysis;
        var judge = Analysis.Judge.ForGuardrails(analysis.ConfidencePercent, analysis.Guardrails.Count);
        bool isLast = scope.Now - rollout.AnalysisStartedAt >= analysis.Deadline;
        scope.Verdicts = [.. scope.Evidence.Select(known => Judge(known, judge, isLast))];
        scope.Status.Analysis = [.. scope.Evidence.Zip(scope.Verdicts, GuardrailSummary.Of)];
    }

    public static string HarmReason(GuardrailType type) => type switch
    {
        GuardrailType.Accuracy => Reasons.AccuracyHarmful,
        GuardrailType.Latency => Reasons.LatencyHarmful,
        _ => Reasons.ErrorRateHarmful,
    };

    private static GuardrailVerdict Judge(KnownGuardrail known, Judge judge, bool isLast)
    {
        var judgement = judge.Of(known.Evidence, known.Criterion, isLast);
        return new GuardrailVerdict(known.Guardrail, judgement, Sentence.Of(MeasureOf(known), known.Criterion, known.Evidence, judgement, judge));
    }

    /// <summary>The evidence a rollout begins with: none, but for what is known of the revision that serves.</summary>
    public static GuardrailEvidence Fresh(ModelDeploymentStatus status, EffectiveGuardrail guardrail) =>
        Read(status.Baseline?.Guardrails?.Find(g => g.Name == guardrail.Name)?.State, guardrail)
        ?? new GuardrailEvidence { Settings = SettingsOf(guardrail), Latency = TargetOf(guardrail) };

    private static GuardrailEvidence Saved(ModelDeploymentStatus status, EffectiveGuardrail guardrail) =>
        Read(status.Analysis?.Find(g => g.Name == guardrail.Name)?.State, guardrail) ?? Fresh(status, guardrail) with { Pending = default };

    // A guardrail that was changed starts anew: what was gathered for the old one says nothing of it.
    private static GuardrailEvidence? Read(string? state, EffectiveGuardrail guardrail) =>
        GuardrailEvidenceJson.Read(state) is { } evidence && evidence.Settings == SettingsOf(guardrail) ? evidence : null;

    private static string SettingsOf(EffectiveGuardrail guardrail) =>
        $"{guardrail.Type}/{guardrail.MarginPercent}/{guardrail.QuantilePercent}/{guardrail.MaxMilliseconds}";

    private static LatencyTarget? TargetOf(EffectiveGuardrail guardrail) => guardrail switch
    {
        { Type: not GuardrailType.Latency } => null,
        { MaxMilliseconds: { } limit } => LatencyTarget.Fixed(LatencyBuckets.Index(TimeSpan.FromMilliseconds(limit))),
        _ => LatencyTarget.Following((guardrail.QuantilePercent ?? Defaults.QuantilePercent) / 100.0),
    };

    private static Measure MeasureOf(KnownGuardrail known) => known.Guardrail.Type switch
    {
        GuardrailType.Accuracy => Measure.Accuracy,
        GuardrailType.Latency => Measure.Latency(
            GuardrailSummary.Target(known.Evidence) ?? $"the {known.Guardrail.QuantilePercent} % quantile of stable"),
        _ => Measure.ErrorRate,
    };
}
