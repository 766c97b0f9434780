using System.Globalization;

namespace ModelOperator.Cli.Simulate;

/// <summary>Many rollouts, as many at once as there are processors; the same for a seed whatever their number.</summary>
internal sealed class Simulator(SimulationSettings settings, TimeProvider timeProvider, TextWriter progress)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>Runs them all.</summary>
    public IReadOnlyList<RunResult> Run(CancellationToken cancellationToken)
    {
        var stable = settings.Stable.Latency();
        var canary = settings.Canary.Latency();
        var results = new RunResult[settings.Runs];
        int done = 0;

        // The timer needs a thread too, when all processors are at work.
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + 2), completions);
        long started = timeProvider.GetTimestamp();
        using var timer = timeProvider.CreateTimer(_ => Tell(Volatile.Read(ref done), started), null, Patience, Period);
        Parallel.For(
            0,
            settings.Runs,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            run =>
            {
                results[run] = new RolloutRun(settings, stable, canary, run).Run(cancellationToken);
                Interlocked.Increment(ref done);
            });
        return results;
    }

    private void Tell(int done, long started)
    {
        if (done < settings.Runs)
        {
            progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Tool.Name}: {done} of {settings.Runs} rollouts after {timeProvider.GetElapsedTime(started).TotalSeconds:0} seconds"));
        }
    }
}
