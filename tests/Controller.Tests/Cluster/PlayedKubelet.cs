using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>
/// What the Deployment controller and the kubelet do in a real cluster: pods for every Deployment of a namespace, ready or with
/// the failure a test wants.
/// </summary>
internal sealed class PlayedKubelet : IAsyncDisposable
{
    private readonly IKubernetesClient _client;
    private readonly string _namespace;
    private readonly IReadOnlyList<string> _routerAddresses;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _playing;

    public PlayedKubelet(IKubernetesClient client, string @namespace, IReadOnlyList<string> routerAddresses)
    {
        (_client, _namespace, _routerAddresses) = (client, @namespace, routerAddresses);
        _playing = Task.Run(PlayAsync);
    }

    /// <summary>The status a pod gets in place of a ready one.</summary>
    public Func<Deployment, JsonObject?> Fails { get; set; } = _ => null;

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
            KubernetesList<Deployment> deployments = await _client.ListAsync(Resources.Deployments, _namespace, new ListOptions(), _stop.Token);
            KubernetesList<Pod> pods = await _client.ListAsync(Resources.Pods, _namespace, new ListOptions(), _stop.Token);
            foreach (Deployment deployment in deployments.Items)
            {
                await PlayAsync(deployment, [.. pods.Items.Where(pod => IsOf(pod, deployment))]);
            }

            foreach (Pod orphan in pods.Items.Where(
                pod => pod.Metadata.Labels?.ContainsKey("test-deployment") == true && !deployments.Items.Any(deployment => IsOf(pod, deployment))))
            {
                await RemoveAsync(orphan);
            }

            await Task.Delay(50, _stop.Token);
        }
    }

    private async Task PlayAsync(Deployment deployment, IReadOnlyList<Pod> pods)
    {
        int wanted = deployment.Spec.Replicas ?? 1;
        for (int i = 0; i < wanted; i++)
        {
            string name = $"{deployment.Metadata.Name}-{i}";
            if (!pods.Any(pod => pod.Metadata.Name == name))
            {
                await _client.ApplyAsync(Resources.Pods, PodOf(deployment, name), "kubelet", _stop.Token);
            }

            JsonObject status = Fails(deployment) ?? Ready(deployment, i);
            await _client.MergePatchAsync(Resources.Pods, _namespace, name, new JsonObject { ["status"] = status }, _stop.Token, "status");
        }

        foreach (Pod surplus in pods.Where(pod => int.Parse(pod.Metadata.Name.Split('-')[^1]) >= wanted))
        {
            await RemoveAsync(surplus);
        }
    }

    // There is no kubelet to end a pod gracefully: it goes at once.
    private async Task RemoveAsync(Pod pod)
    {
        await _client.MergePatchAsync(
            Resources.Pods, _namespace, pod.Metadata.Name, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, _stop.Token);
        await _client.DeleteAsync(Resources.Pods, _namespace, pod.Metadata.Name, _stop.Token);
    }

    private JsonObject Ready(Deployment deployment, int index) => new()
    {
        ["phase"] = "Running",
        ["podIP"] = deployment.Metadata.Name == "model-router" ? _routerAddresses[index % _routerAddresses.Count] : "127.0.0.1",
        ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
    };

    private static bool IsOf(Pod pod, Deployment deployment) =>
        pod.Metadata.Labels?.GetValueOrDefault("test-deployment") == deployment.Metadata.Name;

    private JsonObject PodOf(Deployment deployment, string name)
    {
        var labels = new JsonObject { ["test-deployment"] = deployment.Metadata.Name };
        foreach ((string key, string value) in deployment.Spec.Template.Metadata!.Labels!)
        {
            labels[key] = value;
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = _namespace, ["labels"] = labels },
            ["spec"] = new JsonObject
            {
                ["terminationGracePeriodSeconds"] = 0,
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "runtime", ["image"] = "registry.example/x:1" }),
            },
        };
    }
}
