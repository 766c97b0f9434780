using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace ModelOperator.Server.Tests;

/// <summary>The program as a process of its own.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _grpcPort = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly ConcurrentQueue<string> _output = new();

    private ServerProcess(string? terminationLog, string[] arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["TERMINATION_LOG"] = terminationLog ?? "/nowhere/termination-log" },
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "inference-runtime.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (arguments is ["serve", ..] && !arguments.Contains("--grpc-port"))
        {
            // Tests run side by side.
            start.ArgumentList.Add("--grpc-port");
            start.ArgumentList.Add("0");
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) =>
        {
            _output.Enqueue(line.Data ?? "");
            if (ListeningPort().Match(line.Data ?? "") is { Success: true } match)
            {
                _port.TrySetResult(int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture));
            }

            if (line.Data?.Split("Listening for gRPC on port ") is [_, { } grpcPort])
            {
                _grpcPort.TrySetResult(int.Parse(grpcPort, CultureInfo.InvariantCulture));
            }
        };
        _process.Exited += (_, _) => _port.TrySetException(new InvalidOperationException("the server ended before it listened"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static ServerProcess Start(params string[] arguments) => new(null, arguments);

    /// <summary>Runs a command to its end; gives its exit status and what it left for Kubernetes.</summary>
    public static async Task<(int Status, string Message)> RunAsync(params string[] arguments)
    {
        string log = Path.GetTempFileName();
        try
        {
            await using ServerProcess process = new(log, arguments);
            _ = process._port.Task.Exception;
            return (await process.ExitAsync(), await File.ReadAllTextAsync(log));
        }
        finally
        {
            File.Delete(log);
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Files and connections it has open.</summary>
    public int Handles => Directory.GetFiles($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/fd").Length;

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Bytes of a library's code that it has in memory.</summary>
    public long ResidentCode(string library)
    {
        string[] lines = File.ReadAllLines($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/smaps");
        return lines
            .Select((line, i) => (line, i))
            .Where(l => l.line.EndsWith("/" + library, StringComparison.Ordinal) && l.line.Contains(" r-xp ", StringComparison.Ordinal))
            .Sum(l => 1024 * long.Parse(
                lines.Skip(l.i)
                    .First(f => f.StartsWith("Rss:", StringComparison.Ordinal))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
    }

    /// <summary>What it wrote to standard output so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    public async Task<Uri> AddressAsync() => new($"http://127.0.0.1:{await _port.Task}/");

    /// <summary>A client, once the model is there.</summary>
    public async Task<HttpClient> ReadyAsync()
    {
        HttpClient client = new() { BaseAddress = await AddressAsync() };
        while ((await client.GetAsync("v2/health/ready")).StatusCode != HttpStatusCode.OK)
        {
            await Task.Delay(20);
        }

        return client;
    }

    public async Task<string> GrpcAddressAsync() => $"127.0.0.1:{await _grpcPort.Task.WaitAsync(TimeSpan.FromSeconds(60))}";

    public void Terminate()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    [GeneratedRegex("Listening on port (?<port>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListeningPort();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
