using ModelOperator.Api;
using ModelOperator.Rollouts.Control;

namespace ModelOperator.Rollouts.Actions;

/// <summary>
/// The stable revision is what the spec asks for: nothing is left but to follow spec.replicas and to wait for the routers.
/// </summary>
internal static class Settle
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        string stable = status.StableRevision!;
        long before = scope.Table.Version;
        StandIns.GoBackToStable(scope);
        scope.WantPods(stable, scope.Replicas);
        var settled = scope.IsUndoing ? RolloutPhase.Rejected : RolloutPhase.Stable;
        bool arrived = scope.IsConfirmed || (status.Phase == settled && scope.Table.Version == before);
        if (arrived)
        {
            status.Phase = settled;
            status.Message = $"revision {stable} serves all requests: {Story.Ready(scope, stable, scope.Replicas)}{Undoing.Explain(scope)}";
            return Next.Wait;
        }

        // A router that restarts does not make a settled rollout unsettled; only a table that was just changed is waited for.
        status.Phase = status.Phase == RolloutPhase.RollingBack ? RolloutPhase.RollingBack : RolloutPhase.Promoting;
        status.Message = $"all requests go to revision {stable}: {Story.Confirmations(scope)}";
        return Next.Wait;
    }
}
