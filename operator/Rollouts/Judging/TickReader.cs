using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// Hands out the routers' ticks, each once: the cursors are in the status, in one write with what was made of the ticks, so what is counted
/// is never counted again, whenever the operator is killed.
/// </summary>
internal static class TickReader
{
    private const long MostLost = 1_000_000_000;

    // A report is some time on its way, and clocks that agree so far need no help.
    private static readonly TimeSpan Agreeing = TimeSpan.FromSeconds(2);

    // Routers keep fifteen minutes: what is older than a day is of no clock, and times must stay in range.
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

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
                .Select(tick => (Tick: tick, Start: StartOf(report, tick, scope.Now)))
                .Where(
                    tick => tick.Tick.Sequence < report.Next && (cursor is { } from ? tick.Tick.Sequence >= from : tick.Start >= since)));
            MoveCursor(scope.Status, report);
        }

        return ([.. ticks.OrderBy(tick => tick.Start)], lost);
    }

    /// <summary>Puts the cursors behind everything reported so far: it belongs to no block of the rollout that begins.</summary>
    public static void SkipEarlier(Scope scope)
    {
        foreach (var report in Reports(scope))
        {
            MoveCursor(scope.Status, report);
        }
    }

    // By the operator's clock. A block that began in the future would not end, and a tick of the past would be taken for one from before
    // the rollout.
    private static DateTimeOffset StartOf(EvidenceReport report, EvidenceTick tick, DateTimeOffset now)
    {
        var clock = report.Time is { } time && (time - now).Duration() > Agreeing ? time : now;
        return now - TimeSpan.FromTicks(Math.Clamp((clock - tick.Start).Ticks, 0, Oldest.Ticks));
    }

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
