using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts.Judging;

namespace ModelOperator.Rollouts.Outcome;

/// <summary>
/// The condition TrafficSkewed. It is there from the first rollout on whose split routers report, and says so when nothing is watched.
/// </summary>
internal static class TrafficCondition
{
    public static void Set(Scope scope)
    {
        var split = SplitWatch.Of(scope.Status.Rollout);
        bool isKnown = Conditions.Get(scope.Status.Conditions, ConditionTypes.TrafficSkewed) is not null;
        if (!split.IsSkewed && !split.IsWatched && !isKnown)
        {
            return;
        }

        var (reason, message) = split switch
        {
            { IsSkewed: true } => (Reasons.TrafficSkewed, SplitWatch.Describe(scope)),
            { IsWatched: true } => (Reasons.TrafficMatchesWeights, "routers draw the revisions as the routing table says"),
            _ when scope.Status.Rollout is null => (Reasons.TrafficNotWatched, "no canary is compared"),
            _ => (Reasons.TrafficNotWatched, "no router has reported yet what it draws at the weight in force"),
        };
        Conditions.Set(
            scope.Status.Conditions!,
            ConditionTypes.TrafficSkewed,
            split.IsSkewed ? Conditions.True : Conditions.False,
            reason,
            StatusLimits.Shorten(message),
            scope.Input.Generation,
            scope.Now);
    }
}
