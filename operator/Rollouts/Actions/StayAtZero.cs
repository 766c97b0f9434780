using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>Nothing serves, as asked for. A new revision waits: without requests there is nothing to compare it by.</summary>
internal static class StayAtZero
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        if (status.StableRevision is not { } stable)
        {
            scope.WantPods(scope.Wanted, 0);
            status.Phase = RolloutPhase.Initializing;
            status.Message = $"spec.replicas is 0: revision {scope.Wanted} comes up when it is 1 or more";
            return Next.Wait;
        }

        scope.WantPods(stable, 0);
        status.Phase =
            stable == scope.Wanted ? RolloutPhase.Stable : scope.IsWantedRejected ? RolloutPhase.Rejected : RolloutPhase.Starting;
        status.Message = status.Phase == RolloutPhase.Starting
            ? $"spec.replicas is 0: revision {scope.Wanted} is tried when it is 1 or more"
            : $"spec.replicas is 0: no pod of revision {stable} runs";
        return Next.Wait;
    }
}
