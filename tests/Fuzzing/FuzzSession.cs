using System.Diagnostics;
using System.Globalization;
using ModelOperator.Fuzzing.Instrumentation;
using ModelOperator.Fuzzing.Targets;
using ModelOperator.Protocol;

namespace ModelOperator.Fuzzing;

/// <summary>One run over the targets, one after the other.</summary>
internal static class FuzzSession
{
    public static int Run(long inputs, int seed, string? only, string folder)
    {
        ITarget[] targets = [.. AllTargets.All.Where(t => only is null || t.Name == only)];
        if (targets.Length == 0)
        {
            Console.Error.WriteLine($"--target is '{only}', expected one of {string.Join(", ", AllTargets.All.Select(t => t.Name))}");
            return 2;
        }

        Console.WriteLine($"seed {seed.ToString(CultureInfo.InvariantCulture)}, {inputs:N0} inputs");
        Findings findings = new(Path.Combine(folder, "findings"));
        using Watchdog watchdog = new(Path.Combine(folder, "findings"));
        Stopwatch watch = Stopwatch.StartNew();
        long corpus = 0;
        foreach (ITarget target in targets)
        {
            FuzzRun run = new(
                target, Coverage.Of(typeof(InferRequest).Assembly), findings, watchdog, Path.Combine(folder, "corpus", target.Name), seed);
            FuzzResult result = run.Run(inputs / targets.Length);
            corpus += result.Corpus;
            Console.WriteLine(result);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"RESULT fuzz inputs={inputs} seconds={watch.Elapsed.TotalSeconds:0.0} corpus={corpus} findings={findings.Count} seed={seed}"));
        return findings.Count == 0 ? 0 : 1;
    }
}
