using ModelOperator.Api;

namespace ModelOperator.Rollouts;

/// <summary>Keeps in the status what the revisions were made with, for as long as one may serve or be gone back to.</summary>
internal static class KnownRevisions
{
    /// <summary>
    /// Notes the wanted revision once a pod of it is ready: an image that no pod comes up with is not held on to, so that its correction is
    /// rolled out.
    /// </summary>
    public static void Remember(Scope scope)
    {
        List<RevisionStatus> known = scope.Status.Revisions ?? [];
        known.RemoveAll(revision => !IsOfUse(scope, revision.Revision));
        if (!scope.Input.IsGuardOnly && scope.Find(scope.Wanted) is { ReadyReplicas: > 0 }
            && !known.Exists(revision => revision.Revision == scope.Wanted))
        {
            known.Add(new RevisionStatus { Revision = scope.Wanted, Image = scope.Input.Spec.Runtime.Image });
            if (scope.Status.Rollout is { UnreadySince: not null } rollout && !ModelIdentity.IsFixed(scope.Input.Spec.Model))
            {
                // The other pods begin only now, and have as long as the first one had.
                rollout.UnreadySince = scope.Now;
            }
        }

        foreach (RevisionStatus revision in known)
        {
            revision.ModelDigest ??= scope.Find(revision.Revision)?.ModelDigest;
        }

        scope.Status.Revisions = known.Count == 0 ? null : [.. known.TakeLast(StatusLimits.Revisions)];
    }

    /// <summary>
    /// The pods that the wanted revision may have. Until one pod has said which model it fetched, there is one: several might fetch
    /// different ones from an address that changes at that moment.
    /// </summary>
    public static int PodsFor(Scope scope, string revision, int replicas)
    {
        bool isOpen = revision == scope.Wanted && !ModelIdentity.IsFixed(scope.Input.Spec.Model)
            && scope.Status.Revisions?.Find(revision => revision.Revision == scope.Wanted)?.ModelDigest is null
            && scope.Find(scope.Wanted) is not { ReadyReplicas: > 0 };
        return isOpen ? Math.Min(replicas, Math.Max(1, scope.Find(scope.Wanted)?.DesiredReplicas ?? 0)) : replicas;
    }

    private static bool IsOfUse(Scope scope, string revision) =>
        revision == scope.Wanted
        || revision == scope.Asked
        || revision == scope.Status.StableRevision
        || revision == scope.Status.CanaryRevision
        || scope.Find(revision) is not null;
}
