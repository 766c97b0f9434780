using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// Learns what the serving revision is like while it serves alone: its rates, its latencies, and above all how much it wobbles by itself,
/// without which a burst in a canary could not be told from a fault. Brought up to date every ten minutes, while routers remember fifteen,
/// and when a rollout begins.
/// </summary>
internal static class Baseline
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    /// <summary>Reads what is new, when it is time.</summary>
    public static void Read(Scope scope)
    {
        if (scope.Status is not { Rollout: null, StableRevision: { } stable } || !IsDue(scope))
        {
            return;
        }

        var baseline = scope.Status.Baseline ?? new BaselineStatus();
        var known = scope.Spec.Analysis.Guardrails
            .Where(guardrail => guardrail.Type is GuardrailType.Accuracy or GuardrailType.Latency or GuardrailType.ErrorRate)
            .Select(guardrail => new CountedGuardrail(guardrail, Guardrails.Fresh(scope, guardrail), Source: null))
            .ToList();
        var blockStart = baseline.BlockStartedAt > scope.Now ? scope.Now : baseline.BlockStartedAt;
        foreach (var (tick, start) in TickReader.ReadNew(scope, DateTimeOffset.MinValue).Ticks)
        {
            if (start - blockStart >= scope.Spec.Analysis.Interval)
            {
                known = [.. known.Select(one => one with { Evidence = one.Evidence.CloseStableBlock() })];
                blockStart = null;
            }

            blockStart ??= start;
            var (counts, all) = (tick.Revisions.GetValueOrDefault(stable), known);
            known = [.. known.Select(one => one with { Evidence = BlockCollector.Collect(one, null, counts, all) })];
        }

        scope.Status.Baseline = new BaselineStatus
        {
            ReadAt = scope.Now,
            BlockStartedAt = blockStart,
            Guardrails = [.. known.Select(
                one => new GuardrailBaseline { Name = one.Guardrail.Name, State = GuardrailEvidenceJson.Write(one.Evidence) })],
        };
    }

    /// <summary>
    /// Another revision serves from now on. It wobbles as the one before, for all one knows; how fast it is has to be learnt of itself, and
    /// outcomes need predictions of its own.
    /// </summary>
    public static void ForgetLatencies(ModelDeploymentStatus status)
    {
        foreach (var guardrail in status.Baseline?.Guardrails ?? [])
        {
            if (GuardrailEvidenceJson.Read(guardrail.State) is { } known
                && (known.Latency?.Quantile is not null || known.Coverage is not null))
            {
                var latency = known.Latency?.Quantile is { } quantile ? LatencyTarget.Following(quantile) : known.Latency;
                guardrail.State = GuardrailEvidenceJson.Write(known with { Pending = default, Latency = latency, Coverage = null });
            }
        }
    }

    // With nobody to ask there is nothing to learn, and the status need not change.
    private static bool IsDue(Scope scope) =>
        scope.World.Routers.Any(router => router.Report is not null)
        && (scope.Status.Baseline is not { } baseline
            || scope.Now - baseline.ReadAt >= Period
            || RolloutStates.Of(scope) == RolloutState.NewRevision);
}
