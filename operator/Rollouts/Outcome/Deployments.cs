namespace ModelOperator.Rollouts.Outcome;

/// <summary>
/// What becomes of every Deployment: those that matter get their pods, the others lose them once no router sends there any more.
/// </summary>
internal static class Deployments
{
    public static List<DeploymentPlan> Plan(Scope scope)
    {
        var plans = scope.Pods
            .Where(pods => IsKnown(scope, pods.Key) || scope.Find(pods.Key) is not null)
            .OrderBy(pods => pods.Key, StringComparer.Ordinal)
            .Select(pods => IsKnown(scope, pods.Key)
                ? new DeploymentPlan(pods.Key, DeploymentAction.Apply, KnownRevisions.PodsFor(scope, pods.Key, pods.Value))
                : new DeploymentPlan(pods.Key, DeploymentAction.Scale, pods.Value))
            .Where(plan => plan.Action == DeploymentAction.Apply
                || scope.Find(plan.Revision) is { HasDeployment: true } there && there.DesiredReplicas != plan.Replicas)
            .ToList();
        var others = Others(scope).ToList();
        plans.AddRange(others
            .Where(revision => revision.DesiredReplicas > 0 && MayLosePods(scope, revision))
            .Select(revision => new DeploymentPlan(revision.Revision, DeploymentAction.Scale, 0)));
        plans.AddRange(others
            .Where(revision => revision is { DesiredReplicas: 0, Replicas: 0 })
            .OrderByDescending(revision => revision.CreatedAt)
            .ThenBy(revision => revision.Revision, StringComparer.Ordinal)
            .Skip(scope.Spec.RevisionHistoryLimit)
            .Select(revision => new DeploymentPlan(revision.Revision, DeploymentAction.Delete, 0)));
        return plans;
    }

    // The pod template of the revision on trial does not follow from a spec that cannot be acted on.
    private static bool IsKnown(Scope scope, string revision) =>
        (revision == scope.Wanted && !scope.Input.IsGuardOnly) || scope.World.Kept.Contains(revision);

    /// <summary>Whether pods wait for the routers before they can go.</summary>
    public static bool IsDraining(Scope scope) =>
        Others(scope).Any(revision => revision.DesiredReplicas > 0 && !MayLosePods(scope, revision));

    private static IEnumerable<ObservedRevision> Others(Scope scope) =>
        scope.World.Revisions.Where(
            revision => revision.HasDeployment && !scope.Pods.ContainsKey(revision.Revision) && !IsInUse(scope, revision));

    private static bool IsInUse(Scope scope, ObservedRevision revision) =>
        scope.Table.Contains(revision.Revision)
        || revision.Revision == scope.Status.StableRevision
        || revision.Revision == scope.Status.CanaryRevision;

    // A router that has not confirmed may still send requests to it. Pods that were never ready cannot get any.
    private static bool MayLosePods(Scope scope, ObservedRevision revision) => scope.IsConfirmed || revision.ReadyReplicas == 0;
}
