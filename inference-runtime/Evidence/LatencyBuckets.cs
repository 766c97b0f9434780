namespace ModelOperator.Evidence;

/// <summary>
/// Geometric latency buckets, 2 % wide, from 10 microseconds to about 100 seconds: bucket i holds latencies in
/// (Bound(i-1), Bound(i)], Bound(i) = 10 µs * 1.02^i. A quantile read from them is off by at most 2 %.
/// </summary>
public static class LatencyBuckets
{
    /// <summary>Number of buckets; the last one also takes everything slower.</summary>
    public const int Count = 815;

    private const double FirstBoundTicks = 10 * TimeSpan.TicksPerMicrosecond;
    private static readonly double LogWidth = Math.Log(1.02);
    private static readonly long[] BoundTicks = MakeBounds();

    /// <summary>The bucket of a latency.</summary>
    public static int Index(TimeSpan latency)
    {
        long ticks = latency.Ticks;
        if (ticks <= BoundTicks[0])
        {
            return 0;
        }

        if (ticks > BoundTicks[Count - 2])
        {
            return Count - 1;
        }

        // The logarithm is off by one beside a bound, where rounding decides; the table of bounds has the last word.
        int index = Math.Clamp((int)Math.Ceiling(Math.Log(ticks / FirstBoundTicks) / LogWidth), 1, Count - 2);
        while (ticks > BoundTicks[index])
        {
            index++;
        }

        while (ticks <= BoundTicks[index - 1])
        {
            index--;
        }

        return index;
    }

    /// <summary>Upper bound of a bucket, inclusive.</summary>
    public static TimeSpan Bound(int index) => TimeSpan.FromTicks(BoundTicks[index]);

    private static long[] MakeBounds()
    {
        var bounds = new long[Count];
        for (int i = 0; i < Count; i++)
        {
            bounds[i] = (long)Math.Round(FirstBoundTicks * Math.Pow(1.02, i));
        }

        return bounds;
    }
}
