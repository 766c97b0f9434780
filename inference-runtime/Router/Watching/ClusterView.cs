using System.Globalization;
using System.Text.Json;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Watching;

/// <summary>What the objects of the cluster mean for routing.</summary>
internal static class ClusterView
{
    /// <summary>Pods the operator made to serve models.</summary>
    public const string PodSelector = $"{Labels.ManagedBy}={Labels.Operator},{Labels.Component}={Labels.InferenceComponent}";

    /// <summary>Pods of routers.</summary>
    public const string RouterSelector = $"{Labels.ManagedBy}={Labels.Operator},{Labels.Component}={Labels.RouterComponent}";

    private const string PortName = "http";
    private const string AdminPortName = "admin";
    private const int StandardAdminPort = 8081;
    private const int StandardPort = 8080;

    // Twice as long as a warm-up lasts at most, so that clocks need not agree.
    private static readonly TimeSpan WarmAfter = 2 * WarmUp.Longest;

    public static ModelTable Table(RoutedModel model) => new(
        model.Metadata.Name,
        model.Status?.Routing?.Version ?? -1,
        [.. (model.Status?.Routing?.Targets ?? []).SelectMany(Weight)],
        FeedbackRules.Of(model.Spec?.Feedback),
        MaxRequestMebibytes(model.Spec?.Runtime));

    /// <summary>The pod as the router sees it; null when it has no address or has ended.</summary>
    public static PodState? Pod(Pod pod, DateTimeOffset now)
    {
        string? model = pod.Metadata.Labels?.GetValueOrDefault(Labels.Model);
        string? revision = pod.Metadata.Labels?.GetValueOrDefault(Labels.Revision);
        string? ip = pod.Status?.PodIP;
        if (model is null || revision is null || string.IsNullOrEmpty(ip) || pod.Status?.Phase is "Succeeded" or "Failed")
        {
            return null;
        }

        bool ready = pod.IsReady();
        return new PodState(
            pod.Metadata.Name, pod.Metadata.Uid ?? "", model, revision, Address(pod, ip, PortName, StandardPort), ready,
            ready && now - ReadySince(pod) >= WarmAfter, IsLeaving(pod));
    }

    /// <summary>The router a pod is; null when it cannot be asked (any more).</summary>
    public static RouterPeer? Router(Pod pod) => RouterPods.IsOne(pod) && pod.IsReady() && pod.Status?.PodIP is { Length: > 0 } ip
        ? new RouterPeer(pod.Metadata.Name, Address(pod, ip, AdminPortName, StandardAdminPort))
        : null;

    // Its probe fails while it ends, so whether it still answers is seen by asking. One that was not ready before, as on a node that is
    // lost, does not.
    private static bool IsLeaving(Pod pod) =>
        pod is { Metadata.DeletionTimestamp: { } end, Status.Phase: "Running" }
        && pod.Status.ContainerStatuses?.Exists(container => container.State?.Terminated is not null) != true
        && pod.Status.Conditions?.Find(c => c.Type == "Ready") is { } ready
        && (ready.Status == "True" || ready.LastTransitionTime >= end.AddSeconds(-(pod.Metadata.DeletionGracePeriodSeconds ?? 0)));

    private static DateTimeOffset? ReadySince(Pod pod) =>
        pod.Status?.Conditions?.Find(c => c is { Type: "Ready", Status: "True" })?.LastTransitionTime;

    private static string Address(Pod pod, string ip, string portName, int standardPort)
    {
        int port = pod.Spec.Containers?.SelectMany(c => c.Ports ?? []).FirstOrDefault(p => p.Name == portName)?.Number ?? standardPort;
        return string.Create(CultureInfo.InvariantCulture, $"{(ip.Contains(':') ? $"[{ip}]" : ip)}:{port}");
    }

    private static IEnumerable<RevisionWeight> Weight(RoutedTarget target) =>
        string.IsNullOrEmpty(target.Revision) ? [] : [new RevisionWeight(target.Revision, Math.Clamp(target.Weight, 0, 100))];

    private static int MaxRequestMebibytes(JsonElement? runtime) =>
        runtime is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty("maxRequestMebibytes", out JsonElement limit)
        && limit.ValueKind == JsonValueKind.Number && limit.TryGetInt32(out int mebibytes)
            ? mebibytes
            : Defaults.MaxRequestMebibytes;
}
