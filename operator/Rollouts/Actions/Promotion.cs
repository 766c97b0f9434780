using ModelOperator.Api;
using ModelOperator.Rollouts.Judging;

namespace ModelOperator.Rollouts.Actions;

/// <summary>
/// The canary becomes stable: a change of role. Its pods are warm and stay; those before it go once the routers have confirmed.
/// </summary>
internal static class Promotion
{
    public static Next Execute(Scope scope, string reason, string message)
    {
        var status = scope.Status;
        string canary = status.CanaryRevision!;
        scope.Table.SendAllTo(canary);
        scope.Decide(
            DecisionActions.Promoted, canary, reason,
            $"canary {canary} is promoted and replaces {status.StableRevision}: {message}{Story.Trial(scope)}");
        status.StableRevision = canary;
        Baseline.ForgetLatencies(status);
        status.CanaryRevision = null;
        status.Rejected = null;
        status.Rollout = null;
        status.Phase = RolloutPhase.Promoting;
        return Next.LookAgain;
    }
}
