using ModelOperator.Benchmarks;

if (args is not ["analysis"])
{
    Console.Error.WriteLine("usage: model-operator-benchmarks analysis    (FULL=1: every cell at full size; ONLY=false-alarms|own-wobble|detection|promotion|paired|cost)");
    return 2;
}

return AnalysisBench.Run(
    Environment.GetEnvironmentVariable("FULL") == "1",
    Environment.GetEnvironmentVariable("ONLY") is { Length: > 0 } only ? only.Split(',') : null,
    Environment.GetEnvironmentVariable("MODELS") ?? "tests/models");
