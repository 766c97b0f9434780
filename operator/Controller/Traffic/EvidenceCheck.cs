using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Traffic;

/// <summary>Refuses a report no router of ours would send: counts from it would decide a rollout.</summary>
internal static class EvidenceCheck
{
    private const int MostRevisions = 64;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static string? Fault(EvidenceReport report)
    {
        if (report.Instance is not { Length: > 0 and <= StatusLimits.Text })
        {
            return $"instance must have 1 to {StatusLimits.Text} characters";
        }

        if (report.Oldest < 0 || report.Next < report.Oldest)
        {
            return $"ticks run from {report.Oldest} to {report.Next}";
        }

        long previous = -1;
        foreach (EvidenceTick? tick in report.Ticks ?? [])
        {
            if (tick?.Revisions is null || tick.Sequence <= previous || tick.Sequence >= report.Next)
            {
                return $"tick {tick?.Sequence} is out of order";
            }

            previous = tick.Sequence;
            if (Fault(tick) is { } fault)
            {
                return $"tick {tick.Sequence}: {fault}";
            }
        }

        return report.Ticks is null ? "ticks are missing" : null;
    }

    private static string? Fault(EvidenceTick tick)
    {
        if (tick.Revisions.Count > MostRevisions)
        {
            return $"{tick.Revisions.Count} revisions, at most {MostRevisions}";
        }

        foreach ((string revision, RevisionCounts? counts) in tick.Revisions)
        {
            if (counts is null || !IsPlausible(counts))
            {
                return $"counts of revision {StatusLimits.Shorten(revision, StatusLimits.Text)} are impossible";
            }
        }

        return null;
    }

    private static bool IsPlausible(RevisionCounts counts) =>
        counts is { Requests: >= 0, Errors: >= 0, Rejections: >= 0, WarmUp: >= 0, Correct: >= 0, Incorrect: >= 0 }
        && counts is { Predictions: null or >= 0, Latency: not null, Abandoned: not null }
        && counts.Errors <= counts.Requests
        && counts.Rejections <= counts.Requests - counts.Errors
        && AreBuckets(counts.Latency)
        && AreBuckets(counts.Abandoned)
        && LatenciesOf(counts) <= counts.Requests;

    private static bool AreBuckets(List<long[]> pairs) =>
        pairs.Count <= LatencyBuckets.Count && pairs.TrueForAll(pair => pair is [>= 0 and < LatencyBuckets.Count, >= 0]);

    private static decimal LatenciesOf(RevisionCounts counts) => counts.Latency.Sum(pair => (decimal)pair[1]);
}
