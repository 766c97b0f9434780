using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Observe;

/// <summary>What a pod says of the model that it fetched.</summary>
internal static class FetchedModel
{
    /// <summary>The digest of all its files; null when the pod has fetched none yet, or its image does not say.</summary>
    public static string? DigestOf(Pod pod)
    {
        ContainerStatus? fetch =
            pod.Status?.InitContainerStatuses?.Find(container => container.Name == InferencePodTemplate.FetchContainer);
        return fetch?.State?.Terminated is { ExitCode: 0 } end ? ModelPin.ReadReport(end.Message) : null;
    }

    /// <summary>
    /// The revision of a pod that fetched another model than the revision serves, and whose successor would be told which; else null.
    /// </summary>
    public static RevisionStatus? FindOther(ModelDeployment model, Pod pod) =>
        pod.Metadata.DeletionTimestamp is null
        && pod.Metadata.Labels?.GetValueOrDefault(Labels.Component) == Labels.InferenceComponent
        && pod.Metadata.Labels.GetValueOrDefault(Labels.Model) == model.Metadata.Name
        && pod.Spec.Volumes?.Exists(volume => volume.Name == ModelDigests.Volume) == true
        && DigestOf(pod) is { } digest
            ? model.Status?.Revisions?.Find(revision =>
                revision.Revision == pod.Metadata.Labels.GetValueOrDefault(Labels.Revision)
                && revision.ModelDigest is not null
                && revision.ModelDigest != digest)
            : null;
}
