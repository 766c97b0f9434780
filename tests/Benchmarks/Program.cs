using ModelOperator.Benchmarks;
using ModelOperator.Benchmarks.Serving;

bool isFull = Environment.GetEnvironmentVariable("FULL") == "1";
string[]? only = Environment.GetEnvironmentVariable("ONLY") is { Length: > 0 } parts ? parts.Split(',') : null;
switch (args)
{
    case ["analysis"]:
        return AnalysisBench.Run(isFull, only, Environment.GetEnvironmentVariable("MODELS") ?? "tests/models");
    case ["serving"]:
        return await ServingBench.RunAsync(only);
    default:
        Console.Error.WriteLine("usage: model-operator-benchmarks analysis|serving    (FULL=1: every cell at full size; ONLY=PART,...: some parts)");
        return 2;
}
