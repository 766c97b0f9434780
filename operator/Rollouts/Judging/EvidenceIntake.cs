using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// Reads the routers' ticks into the guardrails' evidence. Cursors and evidence are in one status, so what is counted is never counted
/// again, whenever the operator is killed.
/// </summary>
internal static class EvidenceIntake
{
    private const long MostLost = 1_000_000_000;

    // A clock that is further off is as wrong as one that is a day off, and times must stay in range.
    private static readonly TimeSpan MostSkew = TimeSpan.FromDays(1);

    /// <summary>Reads what is new.</summary>
    public static void Read(Scope scope)
    {
        if (scope.Status is not { Rollout: { } rollout, CanaryRevision: { } canary, StableRevision: { } stable })
        {
            return;
        }

        var ticks = new List<(EvidenceTick Tick, DateTimeOffset Start)>();
        foreach (var report in Reports(scope))
        {
            long? cursor = FindCursor(scope.Status, report.Instance);
            rollout.LostTicks = Math.Min(MostLost, rollout.LostTicks + (cursor is { } next ? Math.Clamp(report.Oldest - next, 0, MostLost) : 0));

            // A router that is new to the rollout may remember what was before it.
            ticks.AddRange(report.Ticks
                .Where(tick => tick.Sequence < report.Next && (cursor is { } from ? tick.Sequence >= from : tick.Start >= rollout.StartedAt))
                .Select(tick => (tick, StartOf(tick, scope.Now))));
            MoveCursor(scope.Status, report);
        }

        var blocks = new BlockCollector(scope, stable, canary);
        foreach (var (tick, start) in ticks.OrderBy(tick => tick.Start))
        {
            blocks.Add(tick, start);
        }

        blocks.CloseIfOver();
        blocks.Save();
    }

    /// <summary>Puts the cursors behind everything reported so far: it belongs to no block of the rollout that begins.</summary>
    public static void SkipEarlier(Scope scope)
    {
        foreach (var report in Reports(scope))
        {
            MoveCursor(scope.Status, report);
        }
    }

    private static DateTimeOffset StartOf(EvidenceTick tick, DateTimeOffset now) =>
        tick.Start < now - MostSkew ? now - MostSkew : tick.Start > now + MostSkew ? now + MostSkew : tick.Start;

    private static IEnumerable<EvidenceReport> Reports(Scope scope) => scope.World.Routers
        .Concat(scope.World.LeavingRouters)
        .Select(router => router.Report)
        .OfType<EvidenceReport>()
        .Where(report => report.Instance.Length is > 0 and <= StatusLimits.Text);

    private static long? FindCursor(ModelDeploymentStatus status, string instance) =>
        status.Cursors?.Find(cursor => cursor.Instance == instance)?.Next;

    // The cursor that moved last stands last, so that the ones forgotten at the limit are those silent for longest.
    private static void MoveCursor(ModelDeploymentStatus status, EvidenceReport report)
    {
        long next = Math.Max(report.Next, FindCursor(status, report.Instance) ?? 0);
        status.Cursors =
        [
            .. (status.Cursors ?? []).Where(cursor => cursor.Instance != report.Instance).TakeLast(StatusLimits.Cursors - 1),
            new ReportCursor { Instance = report.Instance, Next = next },
        ];
    }
}
