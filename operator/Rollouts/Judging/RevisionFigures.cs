using ModelOperator.Analysis;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// What a router's counts say for one guardrail. Reports come over the network: impossible counts are cut to possible ones.
/// </summary>
internal static class RevisionFigures
{
    // A hundred thousand million requests in one second are no count but a fault, and sums of such must not overflow.
    private const long Most = 100_000_000_000;

    /// <summary>Requests answered, those of warm-ups among them.</summary>
    public static long Requests(RevisionCounts? counts) => Sane(counts?.Requests) + Sane(counts?.WarmUp);

    /// <summary>Requests answered that are evidence.</summary>
    public static long Judged(RevisionCounts? counts) => Sane(counts?.Requests);

    /// <summary>Predictions answered, so that as many outcomes can be true.</summary>
    public static long Predictions(RevisionCounts? counts) => counts?.Predictions is { } predictions ? Sane(predictions) : Requests(counts);

    /// <summary>Requests for which the revision was drawn; 0 where the router does not count them.</summary>
    public static long Drawn(RevisionCounts? counts) => Sane(counts?.Drawn);

    /// <summary>Counts wrong answers and all whose truth came.</summary>
    public static ArmCounts Outcomes(RevisionCounts? counts) =>
        new(Sane(counts?.Incorrect), Sane(counts?.Incorrect) + Sane(counts?.Correct));

    /// <summary>Counts failed requests and all.</summary>
    /// <param name="counts">The counts.</param>
    /// <param name="patience">A request failed when its client waited beyond this bucket and went away.</param>
    public static ArmCounts Count(RevisionCounts? counts, int patience)
    {
        if (counts is null)
        {
            return default;
        }

        long requests = Sane(counts.Requests);
        long unanswered = Abandoned(counts, patience).Sum(pair => pair.Count);
        return new ArmCounts(Math.Min(requests, Sane(counts.Errors) + Sane(counts.Rejections)) + unanswered, requests + unanswered);
    }

    /// <summary>Latencies of answers.</summary>
    public static List<(int Bucket, long Count)> Latencies(RevisionCounts? counts) => Pairs(counts?.Latency);

    /// <summary>
    /// How long clients waited that went away, of those who waited beyond a bucket. Who went away sooner says nothing, of either revision.
    /// </summary>
    public static List<(int Bucket, long Count)> Abandoned(RevisionCounts? counts, int beyond) =>
        [.. Pairs(counts?.Abandoned).Where(pair => pair.Bucket > beyond)];

    private static List<(int Bucket, long Count)> Pairs(List<long[]>? pairs) =>
    [
        .. (pairs ?? [])
            .Where(pair => pair is { Length: 2 } && pair[0] is >= 0 and < LatencyBuckets.Count && pair[1] > 0)
            .Select(pair => ((int)pair[0], Sane(pair[1]))),
    ];

    private static long Sane(long? count) => Math.Clamp(count ?? 0, 0, Most);
}
