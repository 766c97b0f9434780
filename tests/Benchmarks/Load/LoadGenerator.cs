using System.Diagnostics;

namespace ModelOperator.Benchmarks.Load;

/// <summary>
/// A generator of HTTP/1.1 load that keeps to a rate: a request that is late because the server was busy counts as late from when it was
/// due (no coordinated omission). Its threads never sleep, so that what is measured is the server and not the generator's own waking up.
/// </summary>
internal static class LoadGenerator
{
    public static LoadResult Run(LoadPlan plan)
    {
        int threads = Math.Min(plan.Threads, plan.Connections);
        long begin = Stopwatch.GetTimestamp();
        LoadThread[] workers = [.. Enumerable.Range(0, threads).Select(i => new LoadThread(plan, begin, i, threads))];
        Thread[] running = [.. workers.Select(worker => new Thread(worker.Run))];
        Array.ForEach(running, t => t.Start());
        Array.ForEach(running, t => t.Join());
        if (workers.FirstOrDefault(w => w.Failure is not null) is { Failure: { } failure })
        {
            throw new IOException($"load on {plan.Server}: {failure.Message}", failure);
        }

        double[] latencies = [.. workers.SelectMany(w => w.Latencies)];
        Array.Sort(latencies);
        return new LoadResult(latencies.Length / plan.Duration.TotalSeconds, latencies);
    }
}
