using System.Diagnostics;
using System.Text.Json;

namespace ModelOperator.Server.Tests.Grpc;

/// <summary>gRPC's own client for Python, with messages that Debian's protoc makes from our protos.</summary>
internal sealed class PythonClient : IDisposable
{
    // Another Python on the PATH would not have Debian's packages.
    private const string Python = "/usr/bin/python3";
    private const string Protoc = "/usr/bin/protoc";

    private readonly string _folder = Directory.CreateTempSubdirectory("grpc-client-").FullName;

    public PythonClient()
    {
        Assert.That(File.Exists(Protoc), Is.True, "protoc is missing: make packages");
        string protos = Path.Combine(AppContext.BaseDirectory, "protos");
        using Process process = Start(
            Protoc, "--proto_path", protos, "--python_out", _folder, "grpc_service.proto", "model_config.proto",
            "grpc/health/v1/health.proto",
            "grpc/reflection/v1alpha/reflection.proto");
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors);
    }

    /// <summary>Runs a scenario of client.py; gives what it tells.</summary>
    public async Task<JsonElement> RunAsync(string address, string scenario)
    {
        using Process process = Begin(address, scenario);
        return await EndAsync(process);
    }

    public Process Begin(string address, string scenario) =>
        Start(Python, Path.Combine(AppContext.BaseDirectory, "Grpc", "client.py"), _folder, address, scenario);

    public static async Task<JsonElement> EndAsync(Process process)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        string told = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.That(process.ExitCode, Is.Zero, await errors);
        return JsonDocument.Parse(told).RootElement;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
