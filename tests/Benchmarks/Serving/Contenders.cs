namespace ModelOperator.Benchmarks.Serving;

/// <summary>Starts what is compared: the server as it is published, the limits, the peers.</summary>
internal sealed class Contenders(ServingSettings settings)
{
    public const string Ours = "inference-runtime";
    public const string Nothing = "Kestrel answering nothing";
    public const string Echo = "Kestrel echo";
    public const string Node = "Node http";

    /// <summary>The server with its defaults but for the options given.</summary>
    public Task<PinnedServer> OursAsync(string model, params string[] options) => PinnedServer.StartAsync(
        Ours,
        settings.ServerCpus,
        "v2/health/ready",
        (port, grpcPort) => [
            settings.Server, "serve", "--model-name", "model", "--model", settings.Model(model), "--port", $"{port}", "--grpc-port",
            $"{grpcPort}", .. options,
        ]);

    /// <summary>Kestrel that answers nothing; holding a model it tells what a process with that model weighs.</summary>
    public Task<PinnedServer> NothingAsync(string? model = null) =>
        LimitAsync(Nothing, "null", model is null ? [] : ["--model", settings.Model(model)]);

    public Task<PinnedServer> EchoAsync() => LimitAsync(Echo, "echo", []);

    /// <summary>Node's http with onnxruntime-node; several processes share the port by Node's cluster module.</summary>
    public Task<PinnedServer> NodeAsync(string model, int threads, int processes = 1) => PinnedServer.StartAsync(
        processes == 1 ? Node : $"{Node}, {processes} processes",
        settings.ServerCpus,
        "ready",
        (port, _) => [
            "node",
            Path.Combine(settings.NodePeer, "server.js"),
            settings.Model(model),
            $"{port}",
            $"{threads}",
            $"{processes}",
        ]);

    private Task<PinnedServer> LimitAsync(string name, string command, string[] options) => PinnedServer.StartAsync(
        name, settings.ServerCpus, "",
        (port, grpcPort) => [settings.Limits, command, "--port", $"{port}", "--grpc-port", $"{grpcPort}", .. options]);
}
