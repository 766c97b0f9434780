using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace ModelOperator.BenchmarkLimits.Loop;

/// <summary><c>benchmark-limits loop</c>: how often a second the model runs when nothing else does. Prints that number.</summary>
internal static class LoopCommand
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.4);

    public static Command Create()
    {
        LoopOptions options = new();
        Option<string?> profile =
            new("--profile") { Description = "Write ONNX Runtime's profile to a file of this prefix and print its path" };
        Command command = new("loop", "Runs a model over and over") { profile };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            using Bare bare = new(options.Read(parsed) with { Profile = parsed.GetValue(profile) });
            Console.WriteLine(RunsASecond(bare, options.Duration(parsed)).ToString("0.####", CultureInfo.InvariantCulture));
            if (parsed.GetValue(profile) is not null)
            {
                Console.WriteLine(bare.EndProfiling());
            }
        });
        return command;
    }

    private static double RunsASecond(Bare bare, TimeSpan duration)
    {
        double total = 0;
        long start = Stopwatch.GetTimestamp();
        Thread[] threads = [.. bare.Callers.Select(caller => new Thread(() => Add(ref total, Measure(caller, start, duration))))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        return total;
    }

    // Counts whole runs from the end of the warm-up to the end of the run in which the time was up.
    private static double Measure(BareCaller caller, long start, TimeSpan duration)
    {
        do
        {
            caller.Run();
        }
        while (Stopwatch.GetElapsedTime(start) < WarmUp);

        long begin = Stopwatch.GetTimestamp();
        long end = begin + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        long now;
        int runs = 0;
        do
        {
            caller.Run();
            runs++;
            now = Stopwatch.GetTimestamp();
        }
        while (now < end);
        return runs / Stopwatch.GetElapsedTime(begin, now).TotalSeconds;
    }

    private static void Add(ref double total, double value)
    {
        double seen = Volatile.Read(ref total);
        while (Interlocked.CompareExchange(ref total, seen + value, seen) is var found && found != seen)
        {
            seen = found;
        }
    }
}
