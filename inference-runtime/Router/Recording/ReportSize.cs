using ModelOperator.Evidence;

namespace ModelOperator.Router.Recording;

/// <summary>Cuts ticks where a report of them would be too long. What they take as JSON is estimated from above.</summary>
internal static class ReportSize
{
    // Names, brackets and numbers of up to ten digits; a pair is a bucket and a count.
    private const int OfReport = 512, OfTick = 128, OfRevision = 320, OfPair = 24;

    /// <summary>The first ticks, as many as fit, one at least.</summary>
    public static IEnumerable<EvidenceTick> Fitting(IEnumerable<EvidenceTick> ticks)
    {
        int size = OfReport;
        bool isFirst = true;
        foreach (EvidenceTick tick in ticks)
        {
            size += OfTick
                + tick.Revisions.Sum(r => OfRevision + r.Key.Length + (OfPair * (r.Value.Latency.Count + r.Value.Abandoned.Count)));
            if (size > EvidenceReport.MostBytes && !isFirst)
            {
                yield break;
            }

            isFirst = false;
            yield return tick;
        }
    }
}
