using ModelOperator.Benchmarks.Evidence;

namespace ModelOperator.Benchmarks;

/// <summary>Everything the analysis promises, measured on the same streams as what others do.</summary>
internal static class AnalysisBench
{
    private static readonly Dictionary<string, Action<Report, int, string>> Parts = new(StringComparer.Ordinal)
    {
        ["false-alarms"] = static (report, runs, _) => FalseAlarms.Measure(report, runs),
        ["own-wobble"] = static (report, runs, _) => OwnWobble.Measure(report, runs),
        ["detection"] = static (report, runs, _) => Detection.Measure(report, runs),
        ["promotion"] = static (report, runs, _) => Promotion.Measure(report, runs),
        ["paired"] = static (report, runs, models) => Pairs.Measure(report, runs, models),
        ["real-streams"] = static (report, runs, _) => RealStreams.Measure(report, runs),
        ["cost"] = static (report, _, _) => Cost.Measure(report),
    };

    public static int Run(bool isFull, string[]? only, string models)
    {
        if (only?.FirstOrDefault(part => !Parts.ContainsKey(part)) is { } unknown)
        {
            Console.Error.WriteLine($"ONLY={unknown} is no part; parts are {string.Join(", ", Parts.Keys)}");
            return 2;
        }

        int runs = isFull ? 2000 : 1000;
        var report = new Report();
        Console.WriteLine(
            $"{runs} runs a cell, blocks of 10 s, one guardrail, margin 0 unless told, confidence 99, "
            + $"{Environment.ProcessorCount} threads");
        foreach (var (name, part) in Parts.Where(part => only is null || only.Contains(part.Key)))
        {
            report.Progress(name);
            part(report, runs, models);
        }

        report.PrintResults();
        return 0;
    }
}
