using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Observe;

/// <summary>Turns the Deployments and pods of a ModelDeployment into what the planner knows of its revisions.</summary>
internal static class RevisionObserver
{
    /// <param name="owner">The ModelDeployment.</param>
    /// <param name="deployments">Deployments it owns.</param>
    /// <param name="pods">Inference pods of its namespace.</param>
    public static IReadOnlyList<ObservedRevision> Observe(
        ModelDeployment owner, IReadOnlyList<Deployment> deployments, IReadOnlyList<Pod> pods)
    {
        ILookup<string, Pod> byRevision = pods
            .Where(pod => LabelOf(pod, Labels.Model) == owner.Metadata.Name && LabelOf(pod, Labels.Component) == Labels.InferenceComponent)
            .Where(pod => pod.Metadata.DeletionTimestamp is null)
            .ToLookup(pod => LabelOf(pod, Labels.Revision) ?? "", StringComparer.Ordinal);
        return
        [
            .. deployments
                .Where(deployment => deployment.Metadata.DeletionTimestamp is null && LabelOf(deployment, Labels.Revision) is not null)
                .OrderBy(deployment => deployment.Metadata.Name, StringComparer.Ordinal)
                .Select(deployment => Observe(deployment, [.. byRevision[LabelOf(deployment, Labels.Revision)!]])),
        ];
    }

    private static ObservedRevision Observe(Deployment deployment, IReadOnlyList<Pod> pods)
    {
        int desired = deployment.Spec.Replicas ?? 1;
        int ready = pods.Count(pod => pod.IsReady());
        return new ObservedRevision
        {
            Revision = LabelOf(deployment, Labels.Revision)!,
            CreatedAt = deployment.Metadata.CreationTimestamp,
            DesiredReplicas = desired,
            // An evicted pod stays behind as Failed while its successor runs.
            Replicas = pods.Count(pod => pod.Status?.Phase is not ("Failed" or "Succeeded")),
            ReadyReplicas = ready,
            Failure = ready >= desired ? null : PodFailures.OfAny(pods) ?? Refusal(deployment),
        };
    }

    private static PodFailure? Refusal(Deployment deployment) =>
        deployment.Status?.Conditions?.Find(condition => condition is { Type: "ReplicaFailure", Status: "True" }) is { } condition
            ? new PodFailure(Reasons.PodsRefused, StatusLimits.Shorten($"the API server refuses the pods: {condition.Message}"))
            : null;

    private static string? LabelOf(KubernetesObject entity, string label) => entity.Metadata.Labels?.GetValueOrDefault(label);
}
