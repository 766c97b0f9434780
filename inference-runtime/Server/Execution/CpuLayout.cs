namespace ModelOperator.Server.Execution;

/// <summary>
/// How a model uses the CPUs it may use. A run on one thread wastes nothing, so many at a time give the most answers in a second; a run on
/// all threads gives one answer soonest. A model whose runs are long enough for that to matter gets both.
/// </summary>
/// <param name="Threads">Threads of a run when there are many.</param>
/// <param name="Instances">Runs at the same time.</param>
/// <param name="WideThreads">Threads of a run while there are few; 0 where all runs are alike.</param>
internal sealed record CpuLayout(int Threads, int Instances, int WideThreads = 0)
{
    /// <summary>Shorter runs are not worth bringing threads together for.</summary>
    private static readonly TimeSpan WorthSharing = TimeSpan.FromMilliseconds(1);

    /// <summary>All threads must leave less than this share of a run to each to be worth it.</summary>
    private const double WorthWidening = 0.7;

    /// <summary>Of runs on all threads, as long as they seem to be of no use.</summary>
    private const int MostMeasurements = 5;

    /// <summary>The threads of a session to measure with.</summary>
    public static int FirstThreads(ExecutionOptions options) =>
        options.Threads ?? (options.Instances is { } instances ? Math.Max(1, options.Cpus / instances) : 1);

    /// <summary>Whether it is worth measuring what more threads give.</summary>
    public static bool MayWiden(ExecutionOptions options, TimeSpan single) =>
        options is { Threads: null, Instances: null, Cpus: > 1 } && single >= WorthSharing;

    /// <summary>Whether all threads take enough off the calling one.</summary>
    public static bool IsWorthWidening(TimeSpan narrow, TimeSpan wide) => wide < narrow * WorthWidening;

    /// <summary>
    /// What is left to the calling thread when there are others, and what it has to do alone. Whatever else wants the CPUs leaves it more, and
    /// may last longer than a measurement: one that speaks against threads is made again, both sides of it.
    /// </summary>
    /// <param name="narrow">Time of a run on the threads measured with.</param>
    /// <param name="measureNarrow">Measures that again.</param>
    /// <param name="measureWide">Measures a run on all threads.</param>
    public static (TimeSpan Narrow, TimeSpan Wide) MeasureWide(TimeSpan narrow, Func<TimeSpan> measureNarrow, Func<TimeSpan> measureWide)
    {
        (TimeSpan Narrow, TimeSpan Wide) best = (narrow, measureWide());
        for (int measured = 1; measured < MostMeasurements && !IsWorthWidening(best.Narrow, best.Wide); measured++)
        {
            (TimeSpan Narrow, TimeSpan Wide) again = (measureNarrow(), measureWide());
            best = again.Wide / again.Narrow < best.Wide / best.Narrow ? again : best;
        }

        return best;
    }

    /// <param name="options">What the user said.</param>
    /// <param name="single">Time of a run of one row.</param>
    /// <param name="narrow">Time of a run, of a full batch if there are batches, on the threads measured with.</param>
    /// <param name="wide">What of it was left to the calling thread when there were all threads; null when that was not measured.</param>
    /// <param name="batches">Whether requests are computed together.</param>
    public static CpuLayout Decide(ExecutionOptions options, TimeSpan single, TimeSpan narrow, TimeSpan? wide, bool batches)
    {
        int threads = FirstThreads(options);
        if (options.Threads is not null || options.Instances is not null)
        {
            return new CpuLayout(threads, options.Instances ?? Math.Max(1, options.Cpus / threads));
        }

        if (wide is { } all && IsWorthWidening(narrow, all))
        {
            // Whoever waits while a batch runs makes the next one.
            return batches ? new CpuLayout(options.Cpus, 1) : new CpuLayout(1, options.Cpus, options.Cpus);
        }

        // Waiting costs more than a run that short; threads that share a CPU for once do no harm.
        return new CpuLayout(1, single < WorthSharing && !batches ? options.Cpus * 2 : options.Cpus);
    }
}
