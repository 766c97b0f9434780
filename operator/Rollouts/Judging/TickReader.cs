using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// Hands out the routers' ticks, each once: the cursors are in the status, in one write with what was made of the ticks, so what is counted is
/// never counted again, whenever the operator is killed.
/// </summary>
internal static class TickReader
{
    private const long MostLost = 1_000_000_000;

    // A clock that is further off is as wrong as one that is a day off, and times must stay in range.
    private static readonly TimeSpan MostSkew = TimeSpan.FromDays(1);

    /// <summary>What is new, in order of time, and how many ticks were gone before they could be read.</summary>
    /// <param name="scope">The plan in the making; its cursors move.</param>
    /// <param name="since">From when on ticks of a router that is new count; it may remember what was before.</param>
    public static (IReadOnlyList<(EvidenceTick Tick, DateTimeOffset Start)> Ticks, long Lost) ReadNew(Scope scope, DateTimeOffset since)
    {
        var ticks = new List<(EvidenceTick Tick, DateTimeOffset Start)>();
        long lost = 0;
        foreach (var report in Reports(scope))
        {
            long? cursor = FindCursor(scope.Status, report.Instance);
            lost += cursor is { } next ? Math.Clamp(report.Oldest - next, 0, MostLost) : 0;
            ticks.AddRange(report.Ticks
                .Where(tick => tick.Sequence < report.Next && (cursor is { } from ? tick.Sequence >= from : tick.Start >= since))
                .Select(tick => (tick, StartOf(tick, scope.Now))));
            MoveCursor(scope.Status, report);
        }

        return ([.. ticks.OrderBy(tick => tick.Tick.Start)], lost);
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
