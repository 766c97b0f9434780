using ModelOperator.Benchmarks.Rules;
using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Benchmarks.Evidence;

/// <summary>
/// Bursts and wobble of each arm's own: false rollbacks of canaries that are as good, and what it costs to find worse ones.
/// </summary>
internal static class OwnWobble
{
    private const double Autocorrelation = 0.3;

    private static readonly Scenario[] Scenarios =
    [
        new("errors 1 %, lasting 0.9") { OwnWobble = Autocorrelation, Persistence = 0.9 },
        new("wrong 5 %, lasting 0.5") { OwnWobble = Autocorrelation, Persistence = 0.5, Stable = 0.05, Canary = 0.05 },
        new("wrong 5 %, lasting 0.9") { OwnWobble = Autocorrelation, Persistence = 0.9, Stable = 0.05, Canary = 0.05 },
        new("wrong 5 %, lasting 0.97") { OwnWobble = Autocorrelation, Persistence = 0.97, Stable = 0.05, Canary = 0.05 },
    ];

    public static void Measure(Report report, int runs)
    {
        var rows = new List<string[]>();
        double worst = 0;
        foreach (var scenario in Scenarios)
        {
            foreach (var (rate, share) in Traffic.All)
            {
                report.Progress($"A/A own wobble, {scenario.Name}, {Traffic.Name(rate, share)}");
                var outcomes = Runs.Of(
                    scenario, rate, share, runs, TrafficStream.Day,
                    before => [new Ours(before), new OursPlain(before), .. FalseAlarms.Others(scenario.Stable)]);
                rows.Add([scenario.Name, Traffic.Name(rate, share), .. outcomes.Select(outcome => Report.Percent(outcome.Share))]);
                worst = Math.Max(worst, outcomes[0].Share);
            }
        }

        report.Table(
            "A/A with bursts and wobble of each arm's own; block rates of each arm have lag-1 autocorrelation 0.3.",
            [.. FalseAlarms.Header[..3], "ours, untempered", .. FalseAlarms.Header[3..]],
            rows);
        report.AtMost("false-rollbacks-own-wobble-worst-cell", worst, 0.02);
        WithoutHistory(report, runs);
        Costs(report, runs);
    }

    private static void WithoutHistory(Report report, int runs)
    {
        var rows = new List<string[]>();
        foreach (var scenario in Scenarios)
        {
            report.Progress($"own wobble without history, {scenario.Name}");
            var outcome = Runs.Of(scenario, 50, 0.1, runs, TrafficStream.Day, before => [new Ours(before)], withHistory: false)[0];
            rows.Add([scenario.Name, Traffic.Name(50, 0.1), Report.Percent(outcome.Share)]);
        }

        report.Table("The same where nothing of stable's past is known.", ["false rollbacks in 24 h, %", "traffic", "ours"], rows);
    }

    private static void Costs(Report report, int runs)
    {
        var rows = new List<string[]>();
        foreach (var (name, canary) in new[] { ("errors 1 -> 2 %", 0.02), ("errors 1 -> 5 %", 0.05), ("errors 1 -> 20 %", 0.2) })
        {
            foreach (double share in new[] { 0.1, 0.5 })
            {
                report.Progress($"own wobble, {name}, {Traffic.Name(50, share)}");
                var steady = Runs.Of(
                    new Scenario(name) { Canary = canary }, 50, share, runs / 4, TrafficStream.Day, before => [new Ours(before)])[0];
                var wobbling = Runs.Of(
                    new Scenario(name) { Canary = canary, OwnWobble = Autocorrelation }, 50, share, runs / 4,
                    TrafficStream.Day, before => [new Ours(before)])[0];
                rows.Add([name, Traffic.Name(50, share), Minutes(steady), Minutes(wobbling), Report.Percent(wobbling.Share)]);
            }
        }

        report.Table(
            "What it costs: median minutes to the rollback of a worse canary.",
            ["fault", "traffic", "steady", "own wobble 0.3", "found in 24 h, %"],
            rows);
    }

    private static string Minutes(Outcome outcome) => double.IsFinite(outcome.MedianBlocks)
        ? FormattableString.Invariant($"{outcome.MedianBlocks * TrafficStream.BlockSeconds / 60:0.0}")
        : "never";
}
