using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts;

/// <summary>Which guardrails' own sources are to be asked: pure, so that what is asked follows from the status alone.</summary>
public static class Sources
{
    /// <summary>
    /// The Prometheus, Webhook and Job guardrails that are due: while the canary has traffic, once an interval; gates until they have
    /// spoken. What a Job says lies ready in the cluster and is looked at every time.
    /// </summary>
    public static IReadOnlyList<EffectiveGuardrail> Due(ModelDeploymentStatus? status, EffectiveAnalysis analysis, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        return status?.Rollout?.AnalysisStartedAt is null
            ? []
            : [.. analysis.Guardrails.Where(guardrail =>
                DueAt(status, guardrail, analysis.Interval) is { } due && (due <= now || guardrail.Job is not null))];
    }

    /// <summary>When the guardrail's source is to be asked next; null when it is not to be asked.</summary>
    internal static DateTimeOffset? DueAt(ModelDeploymentStatus status, EffectiveGuardrail guardrail, TimeSpan interval)
    {
        if (!guardrail.IsGate && guardrail.Type != GuardrailType.Prometheus)
        {
            return null;
        }

        var known = status.Analysis?.Find(g => g.Name == guardrail.Name);
        bool hasSpoken = guardrail.IsGate && known?.Verdict is nameof(Verdict.Safe) or nameof(Verdict.Harmful);
        return hasSpoken ? null : known?.Source is { } source ? source.AskedAt + interval : DateTimeOffset.MinValue;
    }
}
