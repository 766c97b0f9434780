using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>One router's memory of the traffic it made up.</summary>
internal sealed class PlayedRouter
{
    private const int RequestsOfATick = 2000;

    // 10 ms, whatever the revision.
    private static readonly int Bucket = LatencyBuckets.Index(TimeSpan.FromMilliseconds(10));

    public string Instance { get; } = Guid.NewGuid().ToString("N");

    public List<EvidenceTick> Ticks { get; } = [];

    public long Next { get; private set; }

    public long LastWithTraffic { get; private set; } = -1;

    public void Add(
        long sequence, RoutingTable? table, IReadOnlyDictionary<string, int> wrongPercent, IReadOnlyDictionary<string, int> drawnPercent)
    {
        Next = sequence + 1;
        if (table is null)
        {
            return;
        }

        LastWithTraffic = sequence;
        Ticks.Add(new EvidenceTick
        {
            Sequence = sequence,
            Start = DateTimeOffset.UtcNow,
            Revisions = table.Targets.ToDictionary(
                target => target.Revision,
                target => Counts(
                    RequestsOfATick * drawnPercent.GetValueOrDefault(target.Revision, target.Weight) / 100,
                    wrongPercent.GetValueOrDefault(target.Revision, 2)),
                StringComparer.Ordinal),
        });
    }

    public EvidenceReport Report(long tableVersion, long since) => new()
    {
        Instance = Instance,
        TableVersion = tableVersion,
        Oldest = 0,
        Next = Next,
        Ticks = [.. Ticks.Where(tick => tick.Sequence >= since && tick.Sequence < Next)],
    };

    private static RevisionCounts Counts(long requests, int wrongPercent)
    {
        long incorrect = requests * wrongPercent / 100;
        return new RevisionCounts
        {
            Requests = requests,
            Drawn = requests,
            Correct = requests - incorrect,
            Incorrect = incorrect,
            Latency = requests == 0 ? [] : [[Bucket, requests]],
        };
    }
}
