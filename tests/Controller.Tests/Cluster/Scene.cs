using System.Text.Json.Nodes;
using k8s;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>A namespace of a real API server with the operator at work, and a kubelet and routers played.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private static readonly string[] RouterAddresses = ["127.0.0.1", "127.0.0.2"];
    private static readonly Lazy<Task> Definition = new(
        async () => await ModelDeploymentDefinition.InstallAsync(await SharedApiServer.GetAsync()));

    private readonly ApiServerFixture _server;
    private readonly TestNamespace _namespace;
    private OperatorUnderTest? _operator;

    private Scene(ApiServerFixture server, TestNamespace @namespace, PlayedRouters routers, PlayedEvaluation evaluation)
    {
        (_server, _namespace, Routers, Evaluation) = (server, @namespace, routers, evaluation);
        Kubelet = new PlayedKubelet(server, @namespace.Name, RouterAddresses);
    }

    public string Namespace => _namespace.Name;

    /// <summary>Acts as a user or as another program of the cluster.</summary>
    public IKubernetesClient Client => _server.Client;

    /// <summary>Finds what is the case.</summary>
    public IKubernetes World => _server.World;

    public PlayedRouters Routers { get; }

    public PlayedKubelet Kubelet { get; }

    public PlayedEvaluation Evaluation { get; }

    public OperatorUnderTest Operator => _operator!;

    public static async Task<Scene> StartAsync()
    {
        ApiServerFixture server = await SharedApiServer.GetAsync();
        await Definition.Value;
        TestNamespace @namespace = await server.CreateNamespaceAsync();
        PlayedRouters routers = await PlayedRouters.StartAsync(server.World, @namespace.Name, RouterAddresses);
        var scene = new Scene(server, @namespace, routers, await PlayedEvaluation.StartAsync(server, @namespace.Name));
        await scene.StartOperatorAsync();
        return scene;
    }

    public async Task StartOperatorAsync(string runtimeImage = "registry.example/inference-runtime:1") =>
        _operator = await OperatorUnderTest.StartAsync(_server, Namespace, Routers.Port, Evaluation.Port, runtimeImage);

    public async Task StopOperatorAsync()
    {
        await _operator!.DisposeAsync();
        _operator = null;
    }

    public async Task<ModelDeployment> ApplyAsync(string model, Action<JsonObject>? change = null)
    {
        var spec = new JsonObject
        {
            ["model"] = new JsonObject
            {
                ["uri"] = $"http://models.example/{model}/model.onnx",
                // Without it, the second pod waits for the first to say what it fetched.
                ["digest"] = "sha256:" + new string('d', 64),
            },
            ["replicas"] = 2,
            ["rollout"] = new JsonObject
            {
                ["steps"] = new JsonArray(
                    new JsonObject { ["weight"] = 20, ["durationSeconds"] = 1 },
                    new JsonObject { ["weight"] = 50, ["durationSeconds"] = 1 }),
                ["analysis"] = new JsonObject { ["intervalSeconds"] = 1 },
            },
        };
        change?.Invoke(spec);
        return await Client.ApplyAsync(
            ModelDeploymentResource.Type,
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = "digits", ["namespace"] = Namespace }, ["spec"] = spec },
            "user",
            CancellationToken.None);
    }

    public async Task<ModelDeployment> GetAsync() => (await World.FindModelAsync(Namespace))!;

    /// <summary>Waits until the object answers to its newest spec and is as expected.</summary>
    public async Task<ModelDeploymentStatus> WaitAsync(Func<ModelDeploymentStatus, bool> condition, string what, int seconds = 60)
    {
        ModelDeployment model = await GetAsync();
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    model = await GetAsync();
                    return model.Status is { } status && status.ObservedGeneration == model.Metadata.Generation && condition(status);
                },
                what,
                TimeSpan.FromSeconds(seconds));
        }
        catch (TimeoutException)
        {
            Assert.Fail(
                $"{what}: did not come about; status is "
                + $"{System.Text.Json.JsonSerializer.Serialize(model.Status, ApiJsonContext.Default.ModelDeploymentStatus)}");
        }

        return model.Status!;
    }

    public Task<ModelDeploymentStatus> WaitForPhaseAsync(RolloutPhase phase, int seconds = 60) =>
        WaitAsync(status => status.Phase == phase, $"phase {phase}", seconds);

    public async ValueTask DisposeAsync()
    {
        if (_operator is not null)
        {
            await _operator.DisposeAsync();
        }

        await Kubelet.DisposeAsync();
        await Routers.DisposeAsync();
        await Evaluation.DisposeAsync();
        await _namespace.DisposeAsync();
    }
}
