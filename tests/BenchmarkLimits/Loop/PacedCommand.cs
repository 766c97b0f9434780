using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace ModelOperator.BenchmarkLimits.Loop;

/// <summary>
/// <c>benchmark-limits paced</c>: runs arrive at a steady rate whether earlier ones have ended or not, and wait for a free caller; prints
/// the median and the 99th percentile of the time from arrival to end, in milliseconds.
/// </summary>
internal static class PacedCommand
{
    public static Command Create()
    {
        LoopOptions options = new();
        Option<double> rate = new("--rate") { Description = "Arrivals a second", Required = true };
        Command command = new("paced", "Runs a model at a rate") { rate };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            using Bare bare = new(options.Read(parsed));
            // The first runs of a session allocate what later ones use again.
            bare.Callers.ForEach(c => c.Run());
            bare.Callers.ForEach(c => c.Run());
            double[] latencies = Run(bare, parsed.GetValue(rate), options.Duration(parsed));
            Array.Sort(latencies);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{latencies[latencies.Length / 2]:0.####} {latencies[(int)(latencies.Length * 0.99)]:0.####}"));
        });
        return command;
    }

    private static double[] Run(Bare bare, double rate, TimeSpan duration)
    {
        double[] latencies = new double[(int)(rate * duration.TotalSeconds)];
        using BlockingCollection<(int Index, long Arrival)> queue = [];
        Thread[] threads = [.. bare.Callers.Select(caller => new Thread(() => Serve(caller, queue, latencies)))];
        Array.ForEach(threads, t => t.Start());
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < latencies.Length; i++)
        {
            long arrival = begin + (long)(i / rate * Stopwatch.Frequency);
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), arrival) is { Ticks: > 0 } wait)
            {
                Thread.Sleep(wait);
            }

            // Sleeping is exact to a millisecond; none may come before it is due.
            while (Stopwatch.GetTimestamp() < arrival)
            {
                Thread.SpinWait(20);
            }

            queue.Add((i, arrival));
        }

        queue.CompleteAdding();
        Array.ForEach(threads, t => t.Join());
        return latencies;
    }

    private static void Serve(BareCaller caller, BlockingCollection<(int Index, long Arrival)> queue, double[] latencies)
    {
        foreach ((int index, long arrival) in queue.GetConsumingEnumerable())
        {
            caller.Run();
            latencies[index] = Stopwatch.GetElapsedTime(arrival).TotalMilliseconds;
        }
    }
}
