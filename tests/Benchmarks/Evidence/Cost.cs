using System.Diagnostics;
using ModelOperator.Analysis;
using ModelOperator.Benchmarks.Rules;
using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Benchmarks.Evidence;

/// <summary>What one block of one guardrail costs, and what is kept of a day of them.</summary>
internal static class Cost
{
    private const int Rounds = 9;

    public static void Measure(Report report)
    {
        var rows = new List<string[]>();
        double slowest = 0;
        double growth = 0;
        int largest = 0;
        foreach (double margin in new[] { 0, 0.01 })
        {
            var stream = new TrafficStream(new Scenario("cost") { OwnWobble = 0.3 }, 50, 0.1, 1);
            var before = stream.Before().ToArray();
            var blocks = Enumerable.Range(0, TrafficStream.Day).Select(_ => stream.Next()).ToArray();
            var (micros, early, late) = (new List<double>(), 0L, 0L);
            Ours ours = new(before, margin);
            for (int round = 0; round < Rounds; round++)
            {
                ours = new Ours(before, margin);
                var watch = Stopwatch.StartNew();
                long start = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < blocks.Length; i++)
                {
                    ours.RollsBack(blocks[i]);
                    if (i == 999)
                    {
                        early = GC.GetAllocatedBytesForCurrentThread() - start;
                    }
                    else if (i == blocks.Length - 1001)
                    {
                        start = GC.GetAllocatedBytesForCurrentThread();
                    }
                }

                late = GC.GetAllocatedBytesForCurrentThread() - start;
                micros.Add(watch.Elapsed.TotalMicroseconds / blocks.Length);
            }

            var sorted = micros.Skip(1).Order().ToArray();
            int state = GuardrailEvidenceJson.Write(ours.Evidence).Length;
            rows.Add(
            [
                FormattableString.Invariant($"margin {100 * margin:0} points"),
                FormattableString.Invariant($"{sorted[sorted.Length / 2]:0.00} ({sorted[0]:0.00} to {sorted[^1]:0.00})"),
                $"{early / 1000}",
                $"{late / 1000}",
                $"{state}",
            ]);
            slowest = Math.Max(slowest, sorted[sorted.Length / 2]);
            growth = Math.Max(growth, late / (double)early);
            largest = Math.Max(largest, state);
        }

        report.Table(
            "Cost of one block of one guardrail, over a day of blocks, one thread.",
            ["", "microseconds, median (range)", "bytes allocated, first 1,000", "last 1,000", "state after the day, bytes"],
            rows);
        report.AtMost("microseconds-a-block", slowest, 20);
        report.AtMost("allocation-last-over-first-thousand-blocks", growth, 1.01);
        report.AtMost("state-bytes", largest, 4096);
    }
}
