using ModelOperator.Api;
using ModelOperator.Rollouts.Control;

namespace ModelOperator.Rollouts.Actions;

/// <summary>A person's word makes the canary stable, whatever the evidence says, as soon as it has the pods for all requests.</summary>
internal static class PromoteInFull
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        var rollout = status.Rollout!;
        string canary = status.CanaryRevision!;
        bool hasTraffic = scope.Table.WeightOf(canary) > 0;
        if (!hasTraffic)
        {
            StandIns.GoBackToStable(scope);
            StandIns.Offer(scope, canary);
        }

        scope.WantPods(status.StableRevision!, scope.Replicas);
        scope.WantPods(canary, scope.Replicas);
        string who = rollout.Order!.By ?? "somebody";
        if (scope.Find(canary)?.ReadyReplicas >= scope.Replicas)
        {
            scope.By = rollout.Order.By;
            return scope.IsUndoing
                ? Promotion.Execute(scope, Reasons.Undone, $"{who} went back to it")
                : Promotion.Execute(scope, Reasons.Ordered, $"{who} ordered it; {Story.Verdicts(scope)}");
        }

        scope.AwaitsRoom = Capacity.IsMissing(scope, canary);
        rollout.UnreadySince = scope.AwaitsRoom ? null : rollout.UnreadySince ?? scope.Now;
        string why = Story.WhyNotReady(scope, canary, scope.Replicas);
        if (scope.Now - rollout.UnreadySince >= scope.Spec.ProgressDeadline && StandIns.Answering(scope) != canary)
        {
            return Rejection.Execute(
                scope, Reasons.ProgressDeadlineExceeded, $"not ready after {Story.Time(scope.Spec.ProgressDeadline)}: {why}",
                isRetried: !hasTraffic);
        }

        status.Phase = hasTraffic ? RolloutPhase.Analyzing : RolloutPhase.Starting;
        status.Message = $"canary {canary} becomes stable as soon as it has its pods, as {who} ordered: {why}{Undoing.Explain(scope)}";
        return Next.Wait;
    }
}
