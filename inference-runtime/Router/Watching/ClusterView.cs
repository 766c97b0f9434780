using System.Globalization;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Watching;

/// <summary>What the objects of the cluster mean for routing.</summary>
internal static class ClusterView
{
    /// <summary>Pods the operator made to serve models.</summary>
    public const string PodSelector = $"{Labels.ManagedBy}={Labels.Operator},{Labels.Component}={Labels.InferenceComponent}";

    private const string PortName = "http";
    private const int StandardPort = 8080;

    public static ModelTable Table(ModelDeployment model) => model.Status?.Routing is { } table
        ? new ModelTable(model.Metadata.Name, table.Version, [.. table.Targets.Select(t => new RevisionWeight(t.Revision, Math.Clamp(t.Weight, 0, 100)))])
        : new ModelTable(model.Metadata.Name, -1, []);

    /// <summary>The pod as the router sees it; null when it has no address or has ended.</summary>
    public static PodState? Pod(Pod pod)
    {
        string? model = pod.Metadata.Labels?.GetValueOrDefault(Labels.Model);
        string? revision = pod.Metadata.Labels?.GetValueOrDefault(Labels.Revision);
        string? ip = pod.Status?.PodIP;
        if (model is null || revision is null || string.IsNullOrEmpty(ip) || pod.Status?.Phase is "Succeeded" or "Failed") return null;

        int port = pod.Spec.Containers?.SelectMany(c => c.Ports ?? []).FirstOrDefault(p => p.Name == PortName)?.Number ?? StandardPort;
        string host = ip.Contains(':') ? $"[{ip}]" : ip;
        string address = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        return new PodState(pod.Metadata.Name, pod.Metadata.Uid ?? "", model, revision, address, pod.IsReady());
    }
}
