using System.Text.Json;
using k8s;
using k8s.Models;
using ModelOperator.Api;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>What is the case in a namespace, found with the official client.</summary>
internal static class WorldReads
{
    public static async Task<ModelDeployment?> FindModelAsync(
        this IKubernetes world, string @namespace, CancellationToken cancellationToken = default) =>
        await world.CustomObjects
            .GetNamespacedCustomObjectAsync(
                ModelDeployment.Group, ModelDeployment.Version, @namespace, ModelDeployment.Plural, "digits", cancellationToken)
            .OrNullAsync() is JsonElement found
            ? found.Deserialize(ApiJsonContext.Default.ModelDeployment)
            : null;

    public static Task<V1Deployment?> FindDeploymentAsync(this IKubernetes world, string @namespace, string name) =>
        world.AppsV1.ReadNamespacedDeploymentAsync(name, @namespace).OrNullAsync();

    public static async Task<IList<V1Deployment>> DeploymentsAsync(this IKubernetes world, string @namespace) =>
        (await world.AppsV1.ListNamespacedDeploymentAsync(@namespace)).Items;

    public static Task<V1Service?> FindServiceAsync(this IKubernetes world, string @namespace, string name) =>
        world.CoreV1.ReadNamespacedServiceAsync(name, @namespace).OrNullAsync();

    public static async Task<string[]> ServicesAsync(this IKubernetes world, string @namespace) =>
    [
        .. (await world.CoreV1.ListNamespacedServiceAsync(@namespace)).Items
            .Where(service => service.Metadata.DeletionTimestamp is null)
            .Select(service => service.Metadata.Name),
    ];

    public static async Task<V1Job[]> JobsAsync(this IKubernetes world, string @namespace, string? labelSelector = null) =>
        [
            .. (await world.BatchV1.ListNamespacedJobAsync(@namespace, labelSelector: labelSelector))
                .Items.Where(job => job.Metadata.DeletionTimestamp is null),
        ];

    /// <summary>A Job of another uid than this one.</summary>
    public static async Task<V1Job> JobAsync(this IKubernetes world, string @namespace, string? labelSelector = null, string? notUid = null)
    {
        V1Job? found = null;
        await Eventually.TrueAsync(
            async () =>
                (found = (await world.JobsAsync(@namespace, labelSelector)).FirstOrDefault(job => job.Metadata.Uid != notUid)) is not null,
            "a Job",
            TimeSpan.FromSeconds(60));
        return found!;
    }

    public static Task EventAsync(this IKubernetes world, string @namespace, string reason) => Eventually.TrueAsync(
        async () => (await world.EventsV1.ListNamespacedEventAsync(@namespace)).Items
            .Any(happened => happened.Reason == reason && happened.Regarding?.Name == "digits"),
        $"an Event {reason}");
}
