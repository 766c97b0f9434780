using ModelOperator.Benchmarks.Rules;
using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Benchmarks.Evidence;

/// <summary>Canaries that are as good, for 24 hours: how many are rolled back.</summary>
internal static class FalseAlarms
{
    private static readonly Scenario[] Scenarios =
    [
        new("steady"),
        new("swings over the day") { Swings = true },
        new("shared wobble 0.3") { SharedWobble = 0.3 },
        new("shared wobble 0.7") { SharedWobble = 0.7, Persistence = 0.97 },
        new("changing weights while it swings") { Swings = true, ChangesWeights = true },
    ];

    public static readonly string[] Header =
        ["false rollbacks in 24 h, %", "traffic", "ours", "Flagger 1", "Flagger 5", "Argo 0", "Argo 3", "Kayenta", "z peeked", "SPRT"];

    public static void Measure(Report report, int runs)
    {
        var rows = new List<string[]>();
        double worst = 0;
        foreach (var scenario in Scenarios)
        {
            foreach (var (rate, share) in Traffic.All)
            {
                report.Progress($"A/A {scenario.Name}, {Traffic.Name(rate, share)}");
                var outcomes = Runs.Of(
                    scenario, rate, share, runs, TrafficStream.Day, before => [new Ours(before), .. Others(scenario.Stable)]);
                rows.Add([scenario.Name, Traffic.Name(rate, share), .. outcomes.Select(outcome => Report.Percent(outcome.Share))]);
                worst = Math.Max(worst, outcomes[0].Share);
            }
        }

        report.Table(
            "A/A: base rate 1 % bad. Thresholds of Flagger and Argo 1.5 %, between the rate and the fault looked for (2 %).", Header, rows);
        report.AtMost("false-rollbacks-worst-cell", worst, 0.01);
    }

    /// <summary>What others do, where bad at twice the base rate is the fault looked for.</summary>
    public static IRule[] Others(double baseRate) =>
    [
        new Flagger(1.5 * baseRate, 1),
        new Flagger(1.5 * baseRate, 5),
        new Argo(1.5 * baseRate, 0),
        new Argo(1.5 * baseRate, 3),
        new Kayenta(),
        new PeekedZTest(),
        new KnownRates(2 * baseRate, baseRate),
    ];
}
