using ModelOperator.Benchmarks.Serving.Parts;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>The inference runtime against what its parts could do alone, and against peers, on the same cores in the same run.</summary>
internal static class ServingBench
{
    private static readonly Dictionary<string, Func<ServingPart, Task>> Parts = new(StringComparer.Ordinal)
    {
        ["digits"] = Digits.MeasureAsync,
        ["resnet50"] = ResNet.MeasureAsync,
        ["large"] = LargePayload.MeasureAsync,
        ["tail"] = Tail.MeasureAsync,
        ["batching"] = Batching.MeasureAsync,
        ["footprint"] = Footprint.MeasureAsync,
    };

    public static async Task<int> RunAsync(string[]? only)
    {
        if (only?.FirstOrDefault(part => !Parts.ContainsKey(part)) is { } unknown)
        {
            Console.Error.WriteLine($"ONLY={unknown} is no part; parts are {string.Join(", ", Parts.Keys)}");
            return 2;
        }

        ServingSettings settings = ServingSettings.FromEnvironment();
        Report report = new();
        using Generators generators = new();
        Console.WriteLine(
            $"{settings.Rounds} rounds of {settings.Short.TotalSeconds} s (large requests: {settings.Long.TotalSeconds} s), "
            + "median (least to most); "
            + $"servers on cores {settings.ServerCpus}, generators on {Environment.ProcessorCount} others");
        int failed = 0;
        ServingPart part = new(report, settings, new Contenders(settings), generators);
        foreach (var (name, measure) in Parts.Where(p => only is null || only.Contains(p.Key)))
        {
            report.Progress(name);
            try
            {
                await measure(part);
            }
            catch (Exception e) when (e is InvalidOperationException or IOException or TimeoutException or HttpRequestException)
            {
                // What the other parts measure is worth having all the same.
                Console.WriteLine();
                Console.WriteLine($"{name} could not be measured: {e.Message}");
                failed++;
            }
        }

        report.PrintResults();
        return failed == 0 ? 0 : 1;
    }
}
