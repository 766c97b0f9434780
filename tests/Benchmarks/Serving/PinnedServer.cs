using System.Diagnostics;
using System.Globalization;
using System.Net;
using ModelOperator.Testing;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>Something that serves, as a process of its own on the cores for servers.</summary>
internal sealed class PinnedServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();

    private PinnedServer(string name, Process process, int port, int grpcPort)
    {
        Name = name;
        _process = process;
        Endpoint = new IPEndPoint(IPAddress.Loopback, port);
        GrpcEndpoint = new IPEndPoint(IPAddress.Loopback, grpcPort);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>What tables call it.</summary>
    public string Name { get; private set; }

    public IPEndPoint Endpoint { get; }

    public IPEndPoint GrpcEndpoint { get; }

    /// <summary>Processor time used so far, over all threads and child processes.</summary>
    public TimeSpan ProcessorTime => ProcessStat.TimeOfTree(_process.Id);

    /// <summary>Of it, what .NET's compiler in the background took; threads that ended are not in it.</summary>
    public TimeSpan CompilerTime => ProcessStat.TimeOfThreads(_process.Id, ".NET Tiered");

    /// <summary>Resident memory now, bytes.</summary>
    public long ResidentBytes => ReadStatus("VmRSS:");

    /// <summary>Of it, what is in no file, so that the system cannot take it back.</summary>
    public long OwnBytes => ReadStatus("RssAnon:") + ReadStatus("RssShmem:");

    /// <summary>Starts a program and waits until it answers at <paramref name="readyPath"/>.</summary>
    public static async Task<PinnedServer> StartAsync(
        string name, string cpus, string readyPath, Func<int, int, string[]> command,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        int port = FreePort.Find();
        int grpcPort = FreePort.Find();
        ProcessStartInfo start = Children.Command("taskset", ["--cpu-list", cpus, .. command(port, grpcPort)]);
        foreach ((string key, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        // taskset becomes the program, so its process id is the program's.
        PinnedServer server = new(name, new Process { StartInfo = start }, port, grpcPort);
        await Children.StartAsync(server._process);
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await server.WaitUntilReadyAsync(readyPath);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same server by another name.</summary>
    public PinnedServer Called(string name)
    {
        Name = name;
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(string path)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://{Endpoint}/"), Timeout = TimeSpan.FromSeconds(2) };
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < StartLimit)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"{Name} ended with status {_process.ExitCode}: {string.Join(" | ", _lastLines)}");
            }

            try
            {
                using HttpResponseMessage response = await client.GetAsync(path);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"{Name} was not ready within {StartLimit.TotalSeconds} s: {string.Join(" | ", _lastLines)}");
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_lastLines)
            {
                _lastLines.Enqueue(line);
                while (_lastLines.Count > 10)
                {
                    _lastLines.Dequeue();
                }
            }
        }
    }

    private long ReadStatus(string field)
    {
        string line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(
            line[field.Length..].Replace("kB", "", StringComparison.Ordinal),
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite) * 1024;
    }
}
