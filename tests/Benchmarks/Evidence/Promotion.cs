using ModelOperator.Analysis;
using ModelOperator.Benchmarks.Rules;
using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Benchmarks.Evidence;

/// <summary>Margins: canaries worse by twice the margin must not be found safe; ones as good must be, and soon.</summary>
internal static class Promotion
{
    public static void Measure(Report report, int runs)
    {
        var rows = new List<string[]>();
        double worst = 0;
        foreach (var (stable, margin) in new[] { (0.01, 0.01), (0.05, 0.02) })
        {
            foreach (var (rate, share) in Traffic.All)
            {
                report.Progress($"margin {margin}, {Traffic.Name(rate, share)}");
                var bad = Verdicts(stable, stable + (2 * margin), margin, rate, share, runs);
                var good = Verdicts(stable, stable, margin, rate, share, runs);
                worst = Math.Max(worst, bad.Safe);
                rows.Add(
                [
                    FormattableString.Invariant($"{100 * stable:0} % bad, margin {100 * margin:0} points"),
                    Traffic.Name(rate, share),
                    Report.Percent(bad.Safe),
                    Report.Percent(bad.Harmful),
                    Report.Percent(good.Harmful),
                    Report.Percent(good.Safe),
                    FormattableString.Invariant($"{good.MedianBlocks * TrafficStream.BlockSeconds / 60:0.0}"),
                ]);
            }
        }

        report.Table(
            "Margins: canaries worse by twice the margin, and canaries as good; first verdict within 24 h.",
            [
                "rates",
                "traffic",
                "worse: found safe, %",
                "worse: found harmful, %",
                "as good: found harmful, %",
                "as good: found safe, %",
                "as good: median minutes",
            ],
            rows);
        report.AtMost("false-promotions-worst-cell", worst, 0.01);
    }

    private static (double Safe, double Harmful, double MedianBlocks) Verdicts(
        double stable, double canary, double margin, int rate, double share, int runs)
    {
        var scenario = new Scenario(FormattableString.Invariant($"margin {margin} {canary}")) { Stable = stable, Canary = canary };
        var ends = new (Verdict Verdict, double Blocks)[runs];
        Parallel.For(0, runs, run =>
        {
            var stream = new TrafficStream(scenario, rate, share, (run * 7919) + rate + (int)(100 * share) + (int)(10_000 * canary));
            var ours = new Ours(stream.Before(), margin);
            int block = 0;
            while (ours.Verdict is Verdict.Continue or Verdict.NoData && block < TrafficStream.Day)
            {
                ours.RollsBack(stream.Next());
                block++;
            }

            ends[run] = (ours.Verdict, block);
        });
        return (
            ends.Count(end => end.Verdict == Verdict.Safe) / (double)runs,
            ends.Count(end => end.Verdict == Verdict.Harmful) / (double)runs,
            Runs.Median([.. ends.Select(end => end.Blocks)]));
    }
}
