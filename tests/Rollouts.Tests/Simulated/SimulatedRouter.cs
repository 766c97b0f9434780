using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Tests.Simulated;

/// <summary>A router: follows the table with a lag, sends requests to revisions with ready pods, reports ticks.</summary>
internal sealed class SimulatedRouter(string instance, int lagSeconds)
{
    private readonly Queue<RoutingTable> _onTheWay = new();
    private readonly List<EvidenceTick> _ticks = [];
    private long _sequence;
    private DateTimeOffset _time;

    public RoutingTable? Table { get; private set; }

    public bool IsSilent { get; set; }

    /// <summary>The table by which it shares requests out, whatever it says that it follows; null for the one it follows.</summary>
    public RoutingTable? StuckAt { get; set; }

    /// <summary>Whether it is of a version that counts what it draws.</summary>
    public bool CountsDraws { get; set; } = true;

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>Ticks older than this many are forgotten.</summary>
    public int Remembers { get; set; } = 300;

    public ObservedRouter Observe() => new()
    {
        Pod = $"model-router-{instance}",
        Report = IsSilent ? null : new EvidenceReport
        {
            Instance = instance,
            TableVersion = Table?.Version ?? 0,
            Time = _time + Ahead,
            Oldest = Math.Max(0, _sequence - Remembers),
            Next = _sequence,
            Ticks = [.. _ticks],
        },
    };

    public void Follow(RoutingTable? wished)
    {
        if (wished is null)
        {
            return;
        }

        _onTheWay.Enqueue(wished);
        while (_onTheWay.Count > lagSeconds)
        {
            Table = _onTheWay.Dequeue();
        }
    }

    /// <summary>One second of traffic; returns how many requests found no pod at all.</summary>
    public long Serve(
        DateTimeOffset time, int requests, Func<string, int> readyPods, Func<string, Behaviour> behaviour, double feedbackShare,
        Random random)
    {
        long sequence = _sequence++;
        _time = time.AddSeconds(1);
        var table = StuckAt ?? Table;
        if (table is null || requests == 0)
        {
            return 0;
        }

        var targets = table.Targets.Where(target => readyPods(target.Revision) > 0).ToList();
        if (targets.Count == 0)
        {
            return requests;
        }

        var counts = new Dictionary<string, RevisionCounts>();
        int weights = targets.Sum(target => target.Weight);
        for (int i = 0; i < requests; i++)
        {
            var target = weights == 0 ? targets[0] : Draw(targets, random.Next(weights));
            Count(
                counts.TryGetValue(target.Revision, out var known) ? known : counts[target.Revision] = new RevisionCounts(),
                behaviour(target.Revision), feedbackShare, random);
        }

        bool isWhole = table.Targets.TrueForAll(target => target.Weight == 0 || targets.Contains(target));
        foreach (var count in counts.Values)
        {
            // Every request ends in the second in which it comes.
            count.Drawn = !CountsDraws ? null : isWhole ? count.Requests + count.Abandoned.Count : 0;
        }

        _ticks.Add(new EvidenceTick { Sequence = sequence, Start = time + Ahead, Revisions = counts });
        _ticks.RemoveAll(tick => tick.Sequence < _sequence - Remembers);
        return 0;
    }

    private static TrafficTarget Draw(List<TrafficTarget> targets, int point)
    {
        foreach (var target in targets)
        {
            point -= target.Weight;
            if (point < 0)
            {
                return target;
            }
        }

        return targets[^1];
    }

    private static void Count(RevisionCounts counts, Behaviour behaviour, double feedbackShare, Random random)
    {
        if (behaviour.SilentRate > 0 && random.NextDouble() < behaviour.SilentRate)
        {
            counts.Abandoned.Add([behaviour.PatienceBucket, 1]);
            return;
        }

        counts.Requests++;
        if (random.NextDouble() < behaviour.ErrorRate)
        {
            counts.Errors++;
            return;
        }

        counts.Latency.Add([behaviour.LatencyBucket + (int)(25 * -Math.Log(1 - random.NextDouble())), 1]);
        if (random.NextDouble() < feedbackShare)
        {
            bool wrong = random.NextDouble() < behaviour.WrongRate;
            counts.Incorrect += wrong ? 1 : 0;
            counts.Correct += wrong ? 0 : 1;
        }
    }
}
