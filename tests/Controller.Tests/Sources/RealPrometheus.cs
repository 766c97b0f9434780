using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Sources;

/// <summary>
/// A real Prometheus (Debian's package) that scrapes a shop whose orders are made with the answers of models, five times a second. It
/// ends with the test process, however that ends.
/// </summary>
internal sealed class RealPrometheus : IAsyncDisposable
{
    // Its standard input closes when the test process is gone.
    private const string UntilInputEnds = "\"$@\" & child=$!; cat >/dev/null; kill -KILL $child; wait $child";

    private readonly string _directory = Directory.CreateTempSubdirectory("model-operator-prometheus-").FullName;
    private readonly ConcurrentDictionary<string, string> _samples = new(StringComparer.Ordinal);
    private SourceServer? _shop;
    private Process? _process;

    public string Address { get; private set; } = "";

    public static async Task<RealPrometheus> StartAsync()
    {
        var prometheus = new RealPrometheus();
        try
        {
            await prometheus.RunAsync();
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }

        return prometheus;
    }

    /// <summary>
    /// Says what the shop exposes under a name with labels, such as <c>orders_total{revision="a"}</c>; null takes it away.
    /// </summary>
    public void Set(string series, string? value)
    {
        if (value is null)
        {
            _samples.TryRemove(series, out _);
        }
        else
        {
            _samples[series] = value;
        }
    }

    /// <summary>Stops it, as a crash would.</summary>
    public async Task KillAsync()
    {
        _process!.StandardInput.Close();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
            _process.Dispose();
        }

        if (_shop is not null)
        {
            await _shop.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task RunAsync()
    {
        _shop = await SourceServer.StartAsync(context => context.Response.WriteAsync(Exposition()));
        string configuration = Path.Combine(_directory, "prometheus.yml");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            global: {"{"}scrape_interval: 200ms, scrape_timeout: 200ms{"}"}
            scrape_configs:
            - job_name: shop
              static_configs:
              - targets: ["{new Uri(_shop.Address).Authority}"]
            """);
        Address = $"http://127.0.0.1:{FreePort.Find()}";
        var start = new ProcessStartInfo("bash") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true };
        foreach (string argument in new[]
        {
            "-c", UntilInputEnds, "bash", "prometheus", $"--config.file={configuration}",
            $"--storage.tsdb.path={Path.Combine(_directory, "data")}", $"--web.listen-address={new Uri(Address).Authority}",
            "--log.level=error",
        })
        {
            start.ArgumentList.Add(argument);
        }

        var errors = new StringBuilder();
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        using var http = new HttpClient();
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        return (await http.GetAsync($"{Address}/-/ready")).IsSuccessStatusCode;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                },
                "Prometheus is ready");
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"prometheus does not start (make packages installs it): {errors}", e);
        }
    }

    private string Exposition() =>
        string.Concat(_samples.OrderBy(sample => sample.Key, StringComparer.Ordinal).Select(sample => $"{sample.Key} {sample.Value}\n"));
}
