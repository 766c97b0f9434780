using ModelOperator.Benchmarks.Load;
using ModelOperator.Benchmarks.Serving;
using ModelOperator.Benchmarks.Serving.Parts;

namespace ModelOperator.Benchmarks.Gpu;

/// <summary>The server on a GPU against ONNX Runtime alone on it: ResNet-50's shape in float32 and float16, batches of 1 to 64.</summary>
internal static class GpuBench
{
    // Enough that one request is received while another computes; more only wait.
    private const int Connections = 4;
    private const double Target = 0.95;

    public static async Task<int> RunAsync(GpuSettings settings)
    {
        Report report = new();
        BareGpu bare = new(settings);
        Console.WriteLine(
            settings.IsDryRun ? "DRY RUN on the CPU: shows that everything works, measures nothing" : $"device: {await DeviceAsync()}");
        Console.WriteLine(
            $"{settings.Rounds} rounds of {settings.Duration.TotalSeconds} s, median (least to most), rows a second; "
            + $"servers on cores {settings.ServerCpus}, the generator on {Environment.ProcessorCount} others");
        foreach ((string model, string dataType) in new[] { ("resnet50", "FP32"), ("resnet50-fp16", "FP16") })
        {
            await ProveAsync(report, bare, settings, model, dataType);
            await MeasureAsync(report, bare, settings, model, dataType);
            await MeasureSinglesAsync(report, settings, model, dataType);
        }

        // On the CPU there is no target to hold to.
        if (!settings.IsDryRun)
        {
            report.PrintResults();
        }

        return 0;
    }

    private static async Task<string> DeviceAsync() =>
        (await Tool.RunAsync("nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader")).Trim();

    // A session may be asked for CUDA and run on the CPU all the same; the profiler tells.
    private static async Task ProveAsync(Report report, BareGpu bare, GpuSettings settings, string model, string dataType)
    {
        ProviderProfile profile = await bare.ProfileAsync(model);
        report.Table(
            $"ResNet-50 shape, {dataType}: where its kernels ran, by ONNX Runtime's profiler.",
            ["execution provider", "share of the kernels' time, %", "kernels by operator"],
            profile.Providers.Select(p => (string[])[p.Key, Report.Percent(profile.TimeOf(p.Key)), p.Value.Kernels]));
        report.AtLeast($"gpu-{dataType}-share-of-time-on-{settings.ProviderName}", profile.TimeOf(settings.ProviderName), 0.99);
    }

    private static async Task MeasureAsync(Report report, BareGpu bare, GpuSettings settings, string model, string dataType)
    {
        await using PinnedServer server = await StartAsync(settings, model, "--max-batch-size", "1");
        report.AtLeast(
            $"gpu-{dataType}-share-of-the-server's-nodes-on-{settings.Provider}",
            await ServerProviders.ShareAsync(server, settings.Provider),
            0.95);
        List<string[]> rows = [];
        double worst = double.PositiveInfinity;
        foreach (int batch in settings.Batches)
        {
            Payload payload = Payload.Binary($"{dataType}, batch {batch}", ResNet.Image(batch, dataType));
            await PayloadCheck.RequireAnswerAsync(server, payload);
            Rows(server, payload, Connections, batch, settings);
            List<double> served = [];
            List<double> limit = [];
            for (int round = 0; round < settings.Rounds; round++)
            {
                limit.Add(await bare.RowsASecondAsync(model, batch));
                served.Add(Rows(server, payload, Connections, batch, settings));
            }

            Spread ratio = Spread.Of(served.Zip(limit, (s, l) => s / l));
            worst = Math.Min(worst, ratio.Median);
            rows.Add(
            [
                $"{batch}", Spread.Of(served).ToString("#,0"), Spread.Of(limit).ToString("#,0"), ratio.ToString("0.00"),
                (await bare.RowsASecondOnDeviceAsync(model, batch)).ToString("#,0"),
            ]);
            report.Progress(payload.Name);
        }

        report.Table(
            $"ResNet-50 shape, {dataType}, {settings.Provider}, REST binary over {Connections} connections, "
            + "no batching by the server: rows a second.",
            ["batch", "inference-runtime", "bare loop, host memory", "ratio", "bare loop, device memory"],
            rows);
        report.AtLeast($"gpu-{dataType}-worst-batch-over-bare-loop", worst, Target);
    }

    private static async Task MeasureSinglesAsync(Report report, GpuSettings settings, string model, string dataType)
    {
        Payload payload = Payload.Binary($"{dataType}, single images", ResNet.Image(1, dataType));
        List<string[]> rows = [];
        foreach (int most in settings.Batches.Where(b => b is 1 or 4 or 64))
        {
            await using PinnedServer server = await StartAsync(settings, model, "--max-batch-size", $"{most}");
            await PayloadCheck.RequireAnswerAsync(server, payload);
            List<string> cells = [most == 1 ? "off" : $"up to {most}"];
            foreach (int connections in new[] { 1, 32, 64 })
            {
                Rows(server, payload, connections, 1, settings);
                cells.Add(Spread.Of(Enumerable.Range(0, settings.Rounds)
                    .Select(_ => Rows(server, payload, connections, 1, settings))
                    .ToArray()).ToString("#,0"));
            }

            rows.Add([.. cells]);
        }

        report.Table(
            $"ResNet-50 shape, {dataType}, {settings.Provider}, requests of one image: rows a second.",
            ["batching by the server", "1 connection", "32 connections", "64 connections"],
            rows);
    }

    private static double Rows(PinnedServer server, Payload payload, int connections, int batch, GpuSettings settings) =>
        batch * LoadGenerator.Run(new LoadPlan
        {
            Server = server.Endpoint,
            Request = payload.ToHttp1(),
            Connections = connections,
            Duration = settings.Duration,
        }).PerSecond;

    private static Task<PinnedServer> StartAsync(GpuSettings settings, string model, params string[] options) => PinnedServer.StartAsync(
        "inference-runtime",
        settings.ServerCpus,
        "v2/health/ready",
        (port, grpcPort) =>
        [
            settings.Server, "serve",
            "--model-name", "model", "--model", settings.Model(model), "--port", $"{port}", "--grpc-port", $"{grpcPort}",
            "--execution-providers", settings.Provider, .. options,
        ]);
}
