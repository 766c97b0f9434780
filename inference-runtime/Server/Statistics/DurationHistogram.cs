namespace ModelOperator.Server.Statistics;

/// <summary>How often durations fell between bounds; recording takes no lock and no memory.</summary>
internal sealed class DurationHistogram
{
    private static readonly double[] Seconds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private static readonly long[] Ticks = [.. Seconds.Select(s => (long)Math.Round(s * TimeSpan.TicksPerSecond))];

    private readonly long[] _counters = new long[Ticks.Length + 2];

    /// <summary>Upper bounds in seconds, the last of them not infinity.</summary>
    public static ReadOnlySpan<double> Bounds => Seconds;

    private static int Sum => Ticks.Length + 1;

    public void Record(TimeSpan duration)
    {
        long ticks = duration.Ticks;
        int bucket = 0;
        while (bucket < Ticks.Length && ticks > Ticks[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _counters[bucket]);
        Interlocked.Add(ref _counters[Sum], ticks);
    }

    /// <summary>Fills the number of durations up to each bound, the last being all of them; gives their sum in seconds.</summary>
    public double Read(Span<long> cumulative)
    {
        long count = 0;
        for (int i = 0; i <= Ticks.Length; i++)
        {
            count += Volatile.Read(ref _counters[i]);
            cumulative[i] = count;
        }

        return (double)Volatile.Read(ref _counters[Sum]) / TimeSpan.TicksPerSecond;
    }
}
