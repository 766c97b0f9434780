using ModelOperator.Benchmarks;
using ModelOperator.Benchmarks.Gpu;
using ModelOperator.Benchmarks.Serving;

bool isFull = Environment.GetEnvironmentVariable("FULL") == "1";
string[]? only = Environment.GetEnvironmentVariable("ONLY") is { Length: > 0 } parts ? parts.Split(',') : null;
switch (args)
{
    case ["analysis"]:
        return AnalysisBench.Run(isFull, only, Environment.GetEnvironmentVariable("MODELS") ?? "tests/models");
    case ["serving"]:
        return await ServingBench.RunAsync(only);
    case ["gpu", var folder, var serverCpus]:
        return await GpuBench.RunAsync(new GpuSettings(folder, serverCpus, Environment.GetEnvironmentVariable("DRY_RUN") == "1", isFull));
    default:
        Console.Error.WriteLine(
            "usage: model-operator-benchmarks analysis|serving|gpu FOLDER SERVER-CPUS    (FULL=1: every cell at full size; "
            + "ONLY=PART,...: some parts)");
        return 2;
}
