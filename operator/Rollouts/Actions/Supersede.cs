using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>Gives up a canary the spec no longer asks for: traffic goes first, the pods follow once the routers have confirmed.</summary>
internal static class Supersede
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        string canary = status.CanaryRevision!;
        (string reason, string because) = scope switch
        {
            { Replicas: 0 } => (Reasons.ScaledToZero, "spec.replicas is 0"),
            { IsUndoing: true } => (Reasons.Undone, $"{status.Undo!.By ?? "somebody"} went back to revision {scope.Wanted}"),
            _ when scope.Wanted == status.StableRevision => (Reasons.Superseded, $"the spec asks for stable revision {scope.Wanted} again"),
            _ => (Reasons.Superseded, $"the spec asks for revision {scope.Wanted} now"),
        };
        StandIns.GoBackToStable(scope);
        scope.Decide(
            DecisionActions.Superseded,
            canary,
            reason,
            $"canary {canary} is given up: {because}; "
            + $"{(StandIns.Explain(scope) ?? $"all requests go to {status.StableRevision}")}{Story.Trial(scope)}");
        status.CanaryRevision = null;
        status.Rollout = null;
        status.Phase = RolloutPhase.RollingBack;
        return Next.LookAgain;
    }
}
