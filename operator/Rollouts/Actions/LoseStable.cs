using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>
/// Somebody deleted the stable revision's record and its Deployment: nothing tells any more what its pods were. What the spec asks for
/// takes its place as a first revision would; a revision that was rejected does not slip in that way.
/// </summary>
internal static class LoseStable
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        string lost = status.StableRevision!;
        if (scope.WantedRejected is { RetryAt: null })
        {
            StandIns.GoBackToStable(scope);
            status.Phase = RolloutPhase.Stalled;
            status.Message = $"the Deployment of stable revision {lost} is gone and revision {scope.Wanted} was rejected: "
                + $"{(StandIns.Answering(scope) is { } standIn ? $"{standIn} answers in its place" : "nothing serves")}; "
                + "change spec to a revision that works";
            return Next.Wait;
        }

        scope.Decide(
            DecisionActions.StableLost,
            lost,
            Reasons.StableLost,
            $"the Deployment of stable revision {lost} is gone: revision {scope.Wanted} takes its place as soon as it is ready",
            EventSeverity.Warning);
        status.StableRevision = null;
        status.CanaryRevision = null;
        status.Rollout = null;
        return Next.LookAgain;
    }
}
