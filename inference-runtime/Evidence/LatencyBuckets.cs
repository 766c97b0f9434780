namespace ModelOperator.Evidence;

/// <summary>
/// Geometric latency buckets, 2 % wide, from 10 microseconds to about 100 seconds: bucket i holds latencies in
/// (Bound(i-1), Bound(i)], Bound(i) = 10 µs * 1.02^i. A quantile read from them is off by at most 2 %.
/// </summary>
public static class LatencyBuckets
{
    /// <summary>Number of buckets; the last one also takes everything slower.</summary>
    public const int Count = 815;

    private const double FirstBoundSeconds = 10e-6;
    private static readonly double LogWidth = Math.Log(1.02);

    /// <summary>The bucket of a latency.</summary>
    public static int Index(TimeSpan latency)
    {
        double ratio = latency.TotalSeconds / FirstBoundSeconds;
        return ratio <= 1 ? 0 : Math.Min(Count - 1, (int)Math.Ceiling(Math.Log(ratio) / LogWidth));
    }

    /// <summary>Upper bound of a bucket, inclusive.</summary>
    public static TimeSpan Bound(int index) =>
        TimeSpan.FromSeconds(FirstBoundSeconds * Math.Pow(1.02, index));
}
