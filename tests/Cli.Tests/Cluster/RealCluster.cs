using System.Text.Json.Nodes;
using k8s;
using ModelOperator.Cli.Cluster;
using ModelOperator.Testing;

namespace ModelOperator.Cli.Tests.Cluster;

/// <summary>A namespace of a real API server that knows ModelDeployments, and a real kubectl.</summary>
internal sealed class RealCluster : IAsyncDisposable
{
    private static readonly Lazy<Task> Definition = new(
        async () => await ModelDeploymentDefinition.InstallAsync(await SharedApiServer.GetAsync()));

    private readonly ApiServerFixture _server;
    private readonly TestNamespace _namespace;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubectl-model-");

    private RealCluster(ApiServerFixture server, TestNamespace @namespace, string kubectl) =>
        (_server, _namespace, Access) = (server, @namespace, new ClusterAccess(kubectl, TimeProvider.System));

    public ClusterAccess Access { get; }

    public string Namespace => _namespace.Name;

    public static async Task<RealCluster> StartAsync()
    {
        var server = await SharedApiServer.GetAsync();
        await Definition.Value;
        return new RealCluster(server, await server.CreateNamespaceAsync(), await Testing.Kubectl.PathAsync());
    }

    /// <summary>Makes a ModelDeployment with a status.</summary>
    public async Task CreateAsync(string name, string status)
    {
        await RunKubectlAsync($$$"""
            apiVersion: modeloperator.io/v1alpha1
            kind: ModelDeployment
            metadata: {name: {{{name}}}}
            spec: {model: {uri: "https://models.example.com/{{{name}}}.onnx"}}
            """, "apply", "-f", "-");
        await SetStatusAsync(name, JsonNode.Parse(status)!);
    }

    public async Task SetStatusAsync(string name, JsonNode status) =>
        await _server.World.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
            status.StatusPatch(), "modeloperator.io", "v1alpha1", Namespace, "modeldeployments", name);

    public async Task<JsonNode> ReadAsync(string name) => JsonNode.Parse(await RunKubectlAsync("", "get", "mdep", name, "-o", "json"))!;

    /// <summary>The order that waits.</summary>
    public async Task<string?> OrderAsync(string name) =>
        (string?)(await ReadAsync(name))["metadata"]!["annotations"]!["modeloperator.io/control"];

    public Task<string> RunKubectlAsync(string input, params string[] arguments) =>
        new Testing.Kubectl(_server.Kubeconfig).RunAsync(input, ["--namespace", Namespace, .. arguments]);

    /// <summary>Runs the plugin.</summary>
    public Task<CommandResult> RunAsync(params string[] args) => RunWithAsync(_server.Kubeconfig, args);

    /// <summary>Runs the plugin with a kubeconfig that differs from the right one.</summary>
    public async Task<CommandResult> RunWithAsync(Action<JsonNode> change, params string[] args)
    {
        var config = JsonNode.Parse(await RunKubectlAsync("", "config", "view", "--raw", "--minify", "--flatten", "-o", "json"))!;
        change(config);
        string file = Path.Combine(_folder.FullName, Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, config.ToJsonString());
        return await RunWithAsync(file, args);
    }

    private Task<CommandResult> RunWithAsync(string kubeconfig, string[] args) =>
        CommandResult.RunAsync(Stream.Null, Access, CancellationToken.None, [.. args, "-n", Namespace, "--kubeconfig", kubeconfig]);

    public async ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        await _namespace.DisposeAsync();
    }
}
