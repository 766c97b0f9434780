using ModelOperator.Benchmarks.Rules;
using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Benchmarks.Evidence;

/// <summary>Canaries that are worse: how many canary requests it takes to find out.</summary>
internal static class Detection
{
    private static readonly (string Name, double Stable, double Canary)[] Faults =
    [
        ("errors 1 -> 2 %", 0.01, 0.02),
        ("errors 1 -> 5 %", 0.01, 0.05),
        ("accuracy 95 -> 93 %", 0.05, 0.07),
        ("accuracy 95 -> 90 %", 0.05, 0.10),
    ];

    public static void Measure(Report report, int runs)
    {
        var rows = new List<string[]>();
        double leastFound = 1;
        double mostExcess = 0;
        foreach (var (name, stable, canary) in Faults)
        {
            foreach (var (rate, share) in Traffic.All)
            {
                report.Progress($"{name}, {Traffic.Name(rate, share)}");
                var outcomes = Runs.Of(
                    new Scenario(name) { Stable = stable, Canary = canary },
                    rate,
                    share,
                    runs,
                    TrafficStream.Day,
                    before =>
                    [
                        new Ours(before),
                        new Flagger((stable + canary) / 2, 1),
                        new Flagger((stable + canary) / 2, 5),
                        new Argo((stable + canary) / 2, 0),
                        new Argo((stable + canary) / 2, 3),
                        new Kayenta(),
                        new PeekedZTest(),
                        new KnownRates(canary, stable),
                    ]);
                double limit = KnownRates.Limit(canary, stable, share);
                Add(rows, name, rate, share, outcomes, limit);
                if (rate == 50)
                {
                    leastFound = Math.Min(leastFound, outcomes[0].Share);
                }

                mostExcess = Math.Max(mostExcess, Excess(outcomes[0], limit, rate, share));
            }
        }

        foreach (double slower in new[] { 1.2, 1.5 })
        {
            foreach (var (rate, share) in Traffic.All)
            {
                string name = FormattableString.Invariant($"p95 +{100 * (slower - 1):0} %");
                report.Progress($"{name}, {Traffic.Name(rate, share)}");
                var (outcome, limit) = SlowCanary.Run(slower, rate, share, runs);
                Add(rows, name, rate, share, [outcome], limit);
                if (rate == 50)
                {
                    leastFound = Math.Min(leastFound, outcome.Share);
                }

                mostExcess = Math.Max(mostExcess, Excess(outcome, limit, rate, share));
            }
        }

        report.Table(
            "Worse canaries: median canary requests to the rollback. Limit is ln(100) over the growth a canary request of the test that "
            + "knows the rates.",
            ["fault", "traffic", "found, %", "ours", "limit", "over 1.5 limits + block", .. FalseAlarms.Header[3..]],
            rows);
        report.AtLeast("found-within-24h-at-50/s", leastFound, 0.99);
        report.AtMost("median-samples-over-(1.5-limits-plus-one-block)", mostExcess, 1);
    }

    private static double Excess(Outcome ours, double limit, int rate, double share) =>
        ours.MedianSamples / ((1.5 * limit) + (rate * TrafficStream.BlockSeconds * share));

    private static void Add(List<string[]> rows, string name, int rate, double share, Outcome[] outcomes, double limit)
    {
        string[] others = [.. outcomes.Skip(1).Select(outcome => Report.Number(outcome.MedianSamples))];
        rows.Add(
        [
            name,
            Traffic.Name(rate, share),
            Report.Percent(outcomes[0].Share),
            Report.Number(outcomes[0].MedianSamples),
            Report.Number(limit),
            FormattableString.Invariant($"{Excess(outcomes[0], limit, rate, share):0.00}"),
            .. others,
            .. Enumerable.Repeat("-", FalseAlarms.Header.Length - 3 - others.Length),
        ]);
    }
}
