using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// Tells routers from pods that only carry their labels, which anybody's may. A pod that names an owner which did not make it is collected
/// as garbage, and what it says without the namespace's keys counts nowhere.
/// </summary>
public static class RouterPods
{
    /// <summary>Name of the routers' Deployment, the same in every namespace.</summary>
    public const string Deployment = "model-router";

    private const string TemplateHash = "pod-template-hash";

    /// <summary>
    /// Whether a pod is of the router's Deployment: a ReplicaSet has the Deployment's name and the hash of the template, and so have its
    /// pods.
    /// </summary>
    public static bool IsOne(Pod pod) =>
        pod?.Metadata.Labels?.GetValueOrDefault(Labels.Component) == Labels.RouterComponent
        && pod.Metadata.Labels.GetValueOrDefault(TemplateHash) is { Length: > 0 } hash
        && pod.Metadata.OwnerReferences?.Exists(owner =>
            owner is { Controller: true, Kind: "ReplicaSet", ApiVersion: "apps/v1" } && owner.Name == $"{Deployment}-{hash}") == true;
}
