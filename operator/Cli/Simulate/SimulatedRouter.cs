using ModelOperator.Api;
using ModelOperator.Evidence;
using ModelOperator.Rollouts;

namespace ModelOperator.Cli.Simulate;

/// <summary>A router: follows the table a second later, shares requests out, reports ticks.</summary>
internal sealed class SimulatedRouter(SimulationSettings settings, ArmTraffic stable, ArmTraffic canary, Draw draw)
{
    // As long as real routers remember.
    private const int Remembers = 900;
    private const string Instance = "router";

    private readonly Queue<EvidenceTick> _ticks = new();
    private readonly PermutedBlocks _shares = new(draw);
    private readonly Wobble _shared = new(settings.SharedWobble, draw);
    private readonly int _intervalSeconds = (int)settings.Spec.Rollout.Analysis.Interval.TotalSeconds;
    private RoutingTable? _table;
    private int _untilWobble;
    private long _next;

    /// <summary>Percent of requests the canary gets.</summary>
    public int CanaryWeight { get; private set; }

    /// <summary>Takes a table over.</summary>
    public void Follow(RoutingTable? table)
    {
        _table = table;
        CanaryWeight = table?.Targets.Find(target => target.Revision == Revisions.Canary)?.Weight ?? 0;
    }

    /// <summary>Traffic of so many seconds, reported as one tick.</summary>
    public void Serve(DateTimeOffset time, int seconds)
    {
        _untilWobble -= seconds;
        if (_untilWobble <= 0)
        {
            _untilWobble += _intervalSeconds;
            double shared = _shared.Next();
            stable.BeginInterval(shared);
            canary.BeginInterval(shared);
        }

        long sequence = _next++;
        if (_table is null)
        {
            return;
        }

        int requests = draw.Poisson(settings.RequestsPerSecond * seconds);
        int toCanary = _shares.Next(requests, CanaryWeight);
        var revisions = new Dictionary<string, RevisionCounts>(2);
        Count(revisions, Revisions.Stable, requests - toCanary, stable.Serve(requests - toCanary, seconds));
        Count(revisions, Revisions.Canary, toCanary, canary.Serve(toCanary, seconds));
        _ticks.Enqueue(new EvidenceTick { Sequence = sequence, Start = time, Revisions = revisions });
        if (_ticks.Count > Remembers)
        {
            _ticks.Dequeue();
        }
    }

    /// <summary>What it reports to a reader that has read up to the cursor.</summary>
    public ObservedRouter Observe(long cursor)
    {
        while (_ticks.TryPeek(out var tick) && tick.Sequence < cursor)
        {
            _ticks.Dequeue();
        }

        return new ObservedRouter
        {
            Pod = Instance,
            Report = new EvidenceReport
            {
                Instance = Instance,
                TableVersion = _table?.Version ?? 0,
                Oldest = _ticks.TryPeek(out var oldest) ? oldest.Sequence : _next,
                Next = _next,
                Ticks = [.. _ticks],
            },
        };
    }

    private static void Count(Dictionary<string, RevisionCounts> revisions, string revision, int drawn, RevisionCounts? counts)
    {
        if (counts is not null)
        {
            counts.Drawn = drawn;
            revisions[revision] = counts;
        }
    }
}

/// <summary>Names of the two revisions.</summary>
internal static class Revisions
{
    public const string Stable = "stable";
    public const string Canary = "canary";
}
