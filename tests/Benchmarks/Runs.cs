using ModelOperator.Analysis;
using ModelOperator.Benchmarks.Rules;
using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Benchmarks;

/// <summary>How one rule fared over many runs of a scenario.</summary>
/// <param name="Share">Share of runs with a rollback.</param>
/// <param name="MedianSamples">Median canary requests to it; infinite where fewer than half had one.</param>
/// <param name="MedianBlocks">Median blocks to it.</param>
internal sealed record Outcome(double Share, double MedianSamples, double MedianBlocks);

/// <summary>Runs rules side by side over the same streams, over all processors; the same whatever their number.</summary>
internal static class Runs
{
    /// <summary>One outcome a rule, in their order.</summary>
    public static Outcome[] Of(
        Scenario scenario, int rate, double share, int runs, int blocks, Func<IReadOnlyList<ArmCounts>, IRule[]> rules,
        bool withHistory = true)
    {
        var ends = new (double Samples, double Blocks)[runs][];
        Parallel.For(0, runs, run => ends[run] = One(scenario, rate, share, run, blocks, rules, withHistory));
        return
        [
            .. Enumerable.Range(0, ends[0].Length).Select(rule => new Outcome(
                ends.Count(end => double.IsFinite(end[rule].Blocks)) / (double)runs,
                Median([.. ends.Select(end => end[rule].Samples)]),
                Median([.. ends.Select(end => end[rule].Blocks)]))),
        ];
    }

    public static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private static (double Samples, double Blocks)[] One(
        Scenario scenario, int rate, double share, int run, int blocks, Func<IReadOnlyList<ArmCounts>, IRule[]> rules, bool withHistory)
    {
        var stream = new TrafficStream(scenario, rate, share, HashCode(scenario.Name, rate, share, run));
        IReadOnlyList<ArmCounts> before = [.. stream.Before()];
        var running = rules(withHistory ? before : []);
        var ends = new (double Samples, double Blocks)[running.Length];
        Array.Fill(ends, (double.PositiveInfinity, double.PositiveInfinity));
        int left = running.Length;
        long samples = 0;
        for (int block = 1; block <= blocks && left > 0; block++)
        {
            var counts = stream.Next();
            samples += counts.Canary.Total;
            for (int rule = 0; rule < running.Length; rule++)
            {
                if (double.IsInfinity(ends[rule].Blocks) && running[rule].RollsBack(counts))
                {
                    ends[rule] = (samples, block);
                    left--;
                }
            }
        }

        return ends;
    }

    // Not string.GetHashCode, which differs from process to process.
    private static int HashCode(string name, int rate, double share, int run)
    {
        uint hash = 2166136261;
        foreach (char c in FormattableString.Invariant($"{name}/{rate}/{share}/{run}"))
        {
            hash = (hash ^ c) * 16777619;
        }

        return (int)(hash & int.MaxValue);
    }
}
