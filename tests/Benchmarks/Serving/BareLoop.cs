using System.Globalization;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>One way to run a model with nothing around it.</summary>
/// <param name="Callers">Threads that run it at the same time.</param>
/// <param name="Threads">ONNX Runtime's threads for one run.</param>
/// <param name="SessionEach">A session for each caller.</param>
internal sealed record BareVariant(int Callers, int Threads, bool SessionEach)
{
    public string[] Arguments => ["--callers", $"{Callers}", "--threads", $"{Threads}", .. SessionEach ? ["--session-each"] : (string[])[]];

    public override string ToString() =>
        $"{Callers} {(Callers == 1 ? "caller" : "callers")}, {Threads} {(Threads == 1 ? "thread" : "threads")} a "
        + $"run{(SessionEach ? ", a session each" : Callers > 1 ? ", one session" : "")}";
}

/// <summary>ONNX Runtime in a loop on the servers' cores, in the ways that could be the fastest; the fastest is the limit.</summary>
internal sealed class BareLoop(ServingSettings settings)
{
    public const string Name = "bare loop";

    /// <summary>For one client, who waits for each answer.</summary>
    public IReadOnlyList<BareVariant> ForOne => [new(1, settings.ServerCores, false), new(1, 1, false)];

    /// <summary>For many clients.</summary>
    public IReadOnlyList<BareVariant> ForMany =>
        [new(settings.ServerCores, 1, false), new(settings.ServerCores, 1, true), new(1, settings.ServerCores, false)];

    public async Task<double> RunsASecondAsync(string model, BareVariant variant, TimeSpan duration, int batch = 1) =>
        double.Parse(await RunAsync("loop", model, variant, duration, "--batch", $"{batch}"), CultureInfo.InvariantCulture);

    /// <summary>The fastest of the ways, each tried for as long.</summary>
    public async Task<BareVariant> FastestAsync(string model, IReadOnlyList<BareVariant> variants, TimeSpan duration, int batch = 1)
    {
        double[] rates = new double[variants.Count];
        // Twice, the better one counts: what else the machine does must not choose.
        for (int i = 0; i < 2 * variants.Count; i++)
        {
            int way = i % variants.Count;
            rates[way] = Math.Max(rates[way], await RunsASecondAsync(model, variants[way], duration, batch));
        }

        return variants[Array.IndexOf(rates, rates.Max())];
    }

    /// <summary>Runs that arrive at a steady rate; median and 99th percentile of the time from arrival to end, milliseconds.</summary>
    public async Task<(double Median, double P99)> PacedAsync(string model, BareVariant variant, double rate, TimeSpan duration)
    {
        string output = await RunAsync("paced", model, variant, duration, "--rate", rate.ToString(CultureInfo.InvariantCulture));
        return output.Split(' ') is [var median, var p99]
            ? (double.Parse(median, CultureInfo.InvariantCulture), double.Parse(p99, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"the paced loop printed {output}");
    }

    private Task<string> RunAsync(string command, string model, BareVariant variant, TimeSpan duration, params string[] options) =>
        Tool.RunAsync(
            "taskset",
            [
                "--cpu-list", settings.ServerCpus,
                settings.Limits, command,
                "--model", settings.Model(model), "--seconds", duration.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                .. variant.Arguments, .. options,
            ]);
}
