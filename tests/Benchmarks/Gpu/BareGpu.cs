using System.Globalization;
using ModelOperator.Benchmarks.Serving;

namespace ModelOperator.Benchmarks.Gpu;

/// <summary>ONNX Runtime in a loop on the GPU.</summary>
internal sealed class BareGpu(GpuSettings settings)
{
    private readonly string[][] _ways = settings.IsDryRun
        ? [["--callers", "1"]]
        : [["--cuda", "--callers", "1"], ["--cuda", "--callers", "2"], ["--cuda", "--callers", "2", "--session-each"]];

    /// <summary>
    /// Rows a second by the fastest of its ways: one caller, two with one session, two with a session each; inputs and outputs in host
    /// memory.
    /// </summary>
    public async Task<double> RowsASecondAsync(string model, int batch)
    {
        double best = 0;
        foreach (string[] way in _ways)
        {
            best = Math.Max(best, await RunAsync(model, batch, way));
        }

        return best;
    }

    /// <summary>Rows a second with inputs and outputs that stay on the device: what no server can reach.</summary>
    public Task<double> RowsASecondOnDeviceAsync(string model, int batch) =>
        RunAsync(model, batch, settings.IsDryRun ? [] : ["--cuda", "--on-device"]);

    /// <summary>Where the kernels of a model run, by ONNX Runtime's own profiler.</summary>
    public async Task<ProviderProfile> ProfileAsync(string model)
    {
        string folder = Directory.CreateTempSubdirectory("bench-gpu-").FullName;
        try
        {
            string output = await Tool.RunAsync(
                "taskset",
                [
                    "--cpu-list", settings.ServerCpus, settings.Limits, "loop", "--model", settings.Model(model),
                    "--seconds", "0.2", "--profile", Path.Combine(folder, "profile"),
                    .. settings.IsDryRun ? (string[])[] : ["--cuda"],
                ]);
            return ProviderProfile.Read(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<double> RunAsync(string model, int batch, string[] way)
    {
        string output = await Tool.RunAsync(
            "taskset",
            [
                "--cpu-list", settings.ServerCpus, settings.Limits, "loop", "--model", settings.Model(model), "--batch", $"{batch}",
                "--seconds", settings.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture), .. way,
            ]);
        return batch * double.Parse(output, CultureInfo.InvariantCulture);
    }
}
