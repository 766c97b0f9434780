using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Evidence;
using ModelOperator.Rollouts.Control;

namespace ModelOperator.Rollouts.Judging;

/// <summary>The guardrails of the spec, their evidence in the status and what it says.</summary>
internal static class Guardrails
{
    /// <summary>Loads what the status knows of every guardrail.</summary>
    public static void Load(Scope scope)
    {
        if (scope.Status.Rollout is not null)
        {
            scope.Evidence = [.. scope.Spec.Analysis.Guardrails.Select(guardrail => Load(scope, guardrail))];
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
        var judge = Analysis.Judge.ForGuardrails(analysis.ConfidencePercent, analysis.Sharing);
        bool isLast = Pauses.DeadlineAt(scope) <= scope.Now;
        scope.Verdicts = [.. scope.Evidence.Select(known => known.Judge(judge, rollout.Step, isLast))];
        foreach (var verdict in scope.Verdicts.Where(verdict => IsNewWarning(scope, verdict)))
        {
            scope.Tell(
                EventSeverity.Warning, HarmReason(verdict.Guardrail.Type), $"guardrail {verdict.Guardrail.Name}: {verdict.Sentence}");
        }

        scope.Status.Analysis = [.. scope.Evidence.Zip(scope.Verdicts, (known, verdict) => known.Summarise(verdict))];
    }

    private static bool IsNewWarning(Scope scope, GuardrailVerdict verdict) =>
        verdict is { Guardrail.WarnsOnly: true, Judgement.Verdict: Verdict.Harmful }
        && scope.Status.Analysis?.Find(known => known.Name == verdict.Guardrail.Name)?.Verdict != nameof(Verdict.Harmful);

    public static string HarmReason(GuardrailType type) => type switch
    {
        GuardrailType.Accuracy => Reasons.AccuracyHarmful,
        GuardrailType.Latency => Reasons.LatencyHarmful,
        GuardrailType.ErrorRate => Reasons.ErrorRateHarmful,
        GuardrailType.Prometheus => Reasons.MetricHarmful,
        _ => Reasons.GateHarmful,
    };

    /// <summary>The evidence a rollout begins with: none, but for what is known of the revision that serves.</summary>
    public static GuardrailEvidence Fresh(Scope scope, EffectiveGuardrail guardrail) =>
        Counts(scope, scope.Status.Baseline?.Guardrails?.Find(g => g.Name == guardrail.Name)?.State, guardrail)
        ?? new GuardrailEvidence { Settings = GuardrailSettings.Of(guardrail), Latency = TargetOf(guardrail), Dispersion = In(scope) };

    private static KnownGuardrail Load(Scope scope, EffectiveGuardrail guardrail)
    {
        var known = scope.Status.Analysis?.Find(g => g.Name == guardrail.Name);
        string settings = GuardrailSettings.Of(guardrail);
        if (guardrail.IsGate)
        {
            return known?.State == settings && Enum.TryParse<Verdict>(known.Verdict, out var verdict)
                ? new GateGuardrail(guardrail, settings, verdict, known.Answer, known.Source)
                : new GateGuardrail(guardrail, settings, Verdict.NoData, null, null);
        }

        if (guardrail.Prometheus is { MeanQuery: not null })
        {
            return GuardrailEvidenceJson.ReadMean(known?.State) is { } means && means.Settings == settings
                ? new MeanGuardrail(guardrail, means, known!.Source)
                : new MeanGuardrail(guardrail, new MeanEvidence { Settings = settings }, null);
        }

        return Counts(scope, known?.State, guardrail) is { } counts
            ? new CountedGuardrail(guardrail, counts, known!.Source)
            : new CountedGuardrail(guardrail, Fresh(scope, guardrail).Begin(), null);
    }

    // A guardrail that was changed starts anew: what was gathered for the old one says nothing of it. So does what is known of wobble where
    // blocks had another length.
    private static GuardrailEvidence? Counts(Scope scope, string? state, EffectiveGuardrail guardrail) =>
        GuardrailEvidenceJson.Read(state) is { } evidence && evidence.Settings == GuardrailSettings.Of(guardrail)
            ? evidence.Dispersion.BlockSeconds == In(scope).BlockSeconds ? evidence : evidence with { Dispersion = In(scope) }
            : null;

    private static Dispersion In(Scope scope) => new() { BlockSeconds = scope.Spec.Analysis.Interval.TotalSeconds };

    private static LatencyTarget? TargetOf(EffectiveGuardrail guardrail) => guardrail switch
    {
        { Type: not GuardrailType.Latency } => null,
        { MaxMilliseconds: { } limit } => LatencyTarget.Fixed(LatencyBuckets.Index(TimeSpan.FromMilliseconds(limit))),
        _ => LatencyTarget.Following((guardrail.QuantilePercent ?? Defaults.QuantilePercent) / 100.0),
    };
}
