namespace ModelOperator.Benchmarks.Gpu;

/// <summary>A folder that has everything, and whether there is a GPU at all.</summary>
/// <param name="Folder">Folder with the programs and the models.</param>
/// <param name="ServerCpus">Cores of the server and of the bare loop; the generator has those this program runs on.</param>
/// <param name="IsDryRun">Everything on the CPU, to see that it works where there is no GPU.</param>
/// <param name="IsFull">Longer.</param>
internal sealed record GpuSettings(string Folder, string ServerCpus, bool IsDryRun, bool IsFull)
{
    public string Provider => IsDryRun ? "CPU" : "CUDA";

    public string ProviderName => IsDryRun ? "CPUExecutionProvider" : "CUDAExecutionProvider";

    public string Server => Path.Combine(Folder, "server", "inference-runtime");

    public string Limits => Path.Combine(Folder, "limits", "benchmark-limits");

    public int[] Batches => IsDryRun ? [1, 4] : [1, 2, 4, 8, 16, 32, 64];

    public int Rounds => IsDryRun ? 1 : IsFull ? 7 : 3;

    public TimeSpan Duration => TimeSpan.FromSeconds(IsFull ? 4 : 2);

    public string Model(string name) => Path.Combine(Folder, "models", $"{name}.onnx");
}
