using System.Globalization;
using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// Holds what the routers drew against the weights of the table. A router draws before it knows how a request ends, and tells of draws only
/// while each revision with a weight has a ready pod. So no canary, however bad, makes the split look wrong and hides behind it.
/// </summary>
internal sealed class SplitWatch(Scope scope, string canary)
{
    // Clocks that are off by two seconds go unnoticed, and a tick takes one.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private SplitEvidence _evidence = Of(scope.Status.Rollout);

    public bool IsSkewed => _evidence.IsSkewed;

    /// <summary>What is known of the split in a rollout.</summary>
    public static SplitEvidence Of(RolloutStatus? rollout) => GuardrailEvidenceJson.ReadSplit(rollout?.Split) ?? new SplitEvidence();

    /// <summary>Adds a tick, if every router had the table in force by then.</summary>
    public void Collect(EvidenceTick tick, DateTimeOffset start)
    {
        if (!(start >= scope.Status.Rollout!.StepConfirmedAt + Settling) || scope.Table.WeightOf(canary) is not (> 0 and var weight))
        {
            return;
        }

        var drawn = tick.Revisions.Where(revision => revision.Value.Drawn is not null).ToList();
        if (drawn.Count > 0)
        {
            long ofCanary = RevisionFigures.Drawn(tick.Revisions.GetValueOrDefault(canary));
            _evidence = _evidence.Collect(weight, new Draws(ofCanary, drawn.Sum(revision => RevisionFigures.Drawn(revision.Value))));
        }
        else if (tick.Revisions.Values.Any(counts => RevisionFigures.Requests(counts) > 0))
        {
            _evidence = _evidence.CollectNothing();
        }
    }

    public void CloseBlock() => _evidence = _evidence.CloseBlock();

    /// <summary>Hands the evidence back, and tells people of a skew that was not there before.</summary>
    public void Save()
    {
        scope.Status.Rollout!.Split = _evidence.Equals(new SplitEvidence()) ? null : GuardrailEvidenceJson.Write(_evidence);
        if (IsSkewed && !Of(scope.Input.Status?.Rollout).IsSkewed)
        {
            scope.Tell(EventSeverity.Warning, Reasons.TrafficSkewed, Describe(scope, _evidence));
        }
    }

    /// <summary>What is skewed, with figures, and where to look.</summary>
    public static string Describe(Scope scope) => Describe(scope, Of(scope.Status.Rollout));

    private static string Describe(Scope scope, SplitEvidence evidence)
    {
        var seen = evidence.Seen;
        string share = seen.Total == 0
            ? $"routers do not draw the canary for {evidence.Weight} percent of requests, its weight in the routing table"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"routers drew the canary for {seen.Canary:N0} of the last {seen.Total:N0} requests "
                + $"({100.0 * seen.Canary / seen.Total:0.0} percent), but the routing table gives it {evidence.Weight} percent");
        string behind = string.Concat(scope.World.Routers
            .Where(router => router.Report is { } report && report.TableVersion < scope.Table.Version)
            .Take(3)
            .Select(
                router => $"; router {router.Pod} is on version {router.Report!.TableVersion} of the table, not {scope.Table.Version}"));
        return $"{share}; no evidence is taken and nothing is decided until the shares agree again{behind}; "
            + "the logs of the routers say which table each of them has in force: delete the pod of the one that differs";
    }
}
