using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>Ends a trial against the canary: all requests go to stable in this very plan, and the revision is remembered with its reason.</summary>
internal static class Rejection
{
    public static Next Execute(Scope scope, string reason, string message)
    {
        var status = scope.Status;
        string canary = status.CanaryRevision!;
        string stable = status.StableRevision!;
        bool hadTraffic = scope.Table.WeightOf(canary) > 0;
        string text = StatusLimits.Shorten(message);
        scope.Table.SendAllTo(stable);
        status.Rejected = [new RejectedRevision { Revision = canary, Reason = reason, Message = text, Time = scope.Now }];
        scope.Decide(
            hadTraffic ? DecisionActions.RolledBack : DecisionActions.Rejected,
            canary,
            reason,
            hadTraffic
                ? $"canary {canary} is rolled back: {message}{Story.Trial(scope)}"
                : $"canary {canary} is rejected: {message}; it had no traffic",
            EventSeverity.Warning);
        status.CanaryRevision = null;
        status.Rollout = null;
        status.Phase = RolloutPhase.RollingBack;
        return Next.LookAgain;
    }

    /// <summary>A rejection holds for as long as the spec asks for the revision; whoever asks for it anew, later, wants it tried anew.</summary>
    public static void ForgetOthers(Scope scope)
    {
        if (scope.Status.Rejected is { } rejected)
        {
            rejected.RemoveAll(r => r.Revision != scope.Wanted);
            scope.Status.Rejected = rejected.Count == 0 ? null : rejected;
        }
    }
}
