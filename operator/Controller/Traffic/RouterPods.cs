using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Traffic;

/// <summary>Tells routers from pods that only carry their labels, which anybody's may.</summary>
internal static class RouterPods
{
    private const string TemplateHash = "pod-template-hash";

    /// <summary>Whether a pod is of the router's Deployment: a ReplicaSet has the Deployment's name and the hash of the template, and so have its pods.</summary>
    public static bool IsOne(Pod pod) =>
        pod.Metadata.Labels?.GetValueOrDefault(Labels.Component) == Labels.RouterComponent
        && pod.Metadata.Labels.GetValueOrDefault(TemplateHash) is { Length: > 0 } hash
        && pod.Metadata.OwnerReferences?.Exists(owner =>
            owner is { Controller: true, Kind: "ReplicaSet", ApiVersion: "apps/v1" } && owner.Name == $"{RouterNames.Router}-{hash}") == true;
}
