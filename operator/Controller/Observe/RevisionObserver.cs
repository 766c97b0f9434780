using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Observe;

/// <summary>Turns the Deployments and pods of a ModelDeployment into what the planner knows of its revisions.</summary>
internal static class RevisionObserver
{
    /// <param name="owner">The ModelDeployment.</param>
    /// <param name="deployments">Deployments of its revisions.</param>
    /// <param name="pods">Inference pods of its namespace.</param>
    public static IReadOnlyList<ObservedRevision> Observe(
        ModelDeployment owner, IReadOnlyList<Deployment> deployments, IReadOnlyList<Pod> pods)
    {
        ILookup<string, Pod> byRevision = pods
            .Where(pod => LabelOf(pod, Labels.Model) == owner.Metadata.Name && LabelOf(pod, Labels.Component) == Labels.InferenceComponent)
            .Where(pod => pod.Metadata.DeletionTimestamp is null)
            .ToLookup(pod => LabelOf(pod, Labels.Revision) ?? "", StringComparer.Ordinal);
        List<ObservedRevision> observed =
        [
            .. deployments
                .Where(deployment => deployment.Metadata.DeletionTimestamp is null)
                .OrderBy(deployment => deployment.Metadata.Name, StringComparer.Ordinal)
                .Select(deployment => (Deployment: deployment, Revision: RevisionDeployment.RevisionOf(owner, deployment)))
                .Where(known => known.Revision is not null)
                .Select(known => Observe(known.Revision!, known.Deployment, [.. byRevision[known.Revision!]])),
        ];
        return [.. observed, .. Orphans(owner, byRevision).Where(orphan => !observed.Exists(known => known.Revision == orphan.Revision))];
    }

    // Pods outlive a Deployment that was deleted with --cascade=orphan: while they are ready, they serve.
    private static IEnumerable<ObservedRevision> Orphans(ModelDeployment owner, ILookup<string, Pod> byRevision) =>
        from revision in new[] { owner.Status?.StableRevision, owner.Status?.CanaryRevision }
        where revision is not null
        let ready = byRevision[revision].Count(pod => pod.IsReady())
        where ready > 0
        select new ObservedRevision
        {
            Revision = revision,
            HasDeployment = false,
            DesiredReplicas = ready,
            Replicas = ready,
            ReadyReplicas = ready,
        };

    private static ObservedRevision Observe(string revision, Deployment deployment, IReadOnlyList<Pod> pods)
    {
        int desired = deployment.Spec.Replicas ?? 1;
        int ready = pods.Count(pod => pod.IsReady());
        return new ObservedRevision
        {
            Revision = revision,
            CreatedAt = deployment.Metadata.CreationTimestamp,
            DesiredReplicas = desired,
            // An evicted pod stays behind as Failed while its successor runs.
            Replicas = pods.Count(pod => pod.Status?.Phase is not ("Failed" or "Succeeded")),
            ReadyReplicas = ready,
            ModelDigest = pods.Where(pod => pod.IsReady())
                .OrderBy(pod => pod.Metadata.CreationTimestamp)
                .Select(FetchedModel.DigestOf)
                .FirstOrDefault(),
            Failure = ready >= desired ? null : PodFailures.OfAny(pods) ?? PodFailures.OfRefused(deployment),
        };
    }

    private static string? LabelOf(KubernetesObject entity, string label) => entity.Metadata.Labels?.GetValueOrDefault(label);
}
