using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>spec.rollout.paused is true: the new revision waits, and the stable one serves on.</summary>
internal static class StayPaused
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        StandIns.GoBackToStable(scope);
        scope.WantPods(status.StableRevision!, scope.Replicas);
        status.Phase = RolloutPhase.Paused;
        status.Message = $"spec.rollout.paused is true: revision {scope.Wanted} is tried once it is false; "
            + $"stable revision {status.StableRevision} serves: "
            + Story.Ready(scope, status.StableRevision!, scope.Replicas);
        return Next.Wait;
    }
}
