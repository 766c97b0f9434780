using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using ModelOperator.Evidence;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>
/// What the Deployment controller and the kubelet do in a real cluster: pods for every Deployment of a namespace, ready or with
/// the failure a test wants.
/// </summary>
internal sealed class PlayedKubelet : IAsyncDisposable
{
    private readonly IKubernetes _world;
    private readonly string _namespace;
    private readonly IReadOnlyList<string> _routerAddresses;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _playing;
    private readonly Dictionary<string, string?> _fetched = [];

    public PlayedKubelet(ApiServerFixture server, string @namespace, IReadOnlyList<string> routerAddresses)
    {
        (_world, _namespace, _routerAddresses) = (server.World, @namespace, routerAddresses);
        _playing = Task.Run(PlayAsync);
    }

    /// <summary>The status a pod gets in place of a ready one.</summary>
    public Func<V1Deployment, JsonObject?> Fails { get; set; } = _ => null;

    /// <summary>The digest of the model that a new pod of a Deployment fetches; null when its image does not say.</summary>
    public Func<V1Deployment, string?> Fetches { get; set; } = _ => null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task PlayAsync()
    {
        while (true)
        {
            V1DeploymentList deployments = await _world.AppsV1.ListNamespacedDeploymentAsync(_namespace, cancellationToken: _stop.Token);
            V1PodList pods = await _world.CoreV1.ListNamespacedPodAsync(_namespace, cancellationToken: _stop.Token);
            foreach (V1Deployment deployment in deployments.Items)
            {
                await PlayAsync(deployment, [.. pods.Items.Where(pod => IsOf(pod, deployment))]);
            }

            foreach (V1Pod orphan in pods.Items.Where(
                pod => pod.Metadata.Labels?.ContainsKey("test-deployment") == true
                    && !deployments.Items.Any(deployment => IsOf(pod, deployment))))
            {
                await RemoveAsync(orphan);
            }

            await Task.Delay(50, _stop.Token);
        }
    }

    private async Task PlayAsync(V1Deployment deployment, IReadOnlyList<V1Pod> pods)
    {
        int wanted = deployment.Spec.Replicas ?? 1;
        for (int i = 0; i < wanted; i++)
        {
            string name = $"{deployment.Metadata.Name}-{i}";
            if (!pods.Any(pod => pod.Metadata.Name == name))
            {
                _fetched[name] = Fetches(deployment);
                await _world.CoreV1.CreateNamespacedPodAsync(PodOf(deployment, name), _namespace, cancellationToken: _stop.Token);
            }

            JsonObject status = Fails(deployment) ?? Ready(deployment, i);
            // The operator may have removed it meanwhile.
            await _world.CoreV1.PatchNamespacedPodStatusAsync(status.StatusPatch(), name, _namespace, cancellationToken: _stop.Token)
                .OrNullAsync();
        }

        foreach (V1Pod surplus in pods.Where(pod => int.Parse(pod.Metadata.Name.Split('-')[^1]) >= wanted))
        {
            await RemoveAsync(surplus);
        }
    }

    // There is no kubelet to end a pod gracefully: it goes at once.
    private Task RemoveAsync(V1Pod pod) =>
        _world.CoreV1.DeleteNamespacedPodAsync(pod.Metadata.Name, _namespace, cancellationToken: _stop.Token).OrNullAsync();

    private JsonObject Ready(V1Deployment deployment, int index) => new()
    {
        ["initContainerStatuses"] = _fetched.GetValueOrDefault($"{deployment.Metadata.Name}-{index}") is { } digest
            ? new JsonArray(new JsonObject
            {
                ["name"] = "fetch",
                ["image"] = "registry.example/x:1",
                ["imageID"] = "",
                ["ready"] = true,
                ["restartCount"] = 0,
                ["state"] = new JsonObject
                {
                    ["terminated"] = new JsonObject { ["exitCode"] = 0, ["message"] = ModelPin.Report(digest).ToJson() },
                },
            })
            : null,
        ["phase"] = "Running",
        ["podIP"] = deployment.Metadata.Name == "model-router" ? _routerAddresses[index % _routerAddresses.Count] : "127.0.0.1",
        ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
    };

    private static bool IsOf(V1Pod pod, V1Deployment deployment) =>
        pod.Metadata.Labels?.TryGetValue("test-deployment", out string? of) == true && of == deployment.Metadata.Name;

    private static V1Pod PodOf(V1Deployment deployment, string name) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            Labels = new Dictionary<string, string>(deployment.Spec.Template.Metadata.Labels)
            {
                ["test-deployment"] = deployment.Metadata.Name,
                ["pod-template-hash"] = "5d8f",
            },
            OwnerReferences =
            [
                new V1OwnerReference
                {
                    ApiVersion = "apps/v1",
                    Kind = "ReplicaSet",
                    Name = $"{deployment.Metadata.Name}-5d8f",
                    Uid = $"{Guid.NewGuid()}",
                    Controller = true,
                },
            ],
        },
        Spec = new V1PodSpec
        {
            TerminationGracePeriodSeconds = 0,
            Volumes = deployment.Spec.Template.Spec.Volumes?.Where(volume => volume.ConfigMap is not null).ToList(),
            Containers = [new V1Container { Name = "runtime", Image = "registry.example/x:1" }],
        },
    };
}
