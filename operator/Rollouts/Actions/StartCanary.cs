using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>Brings up the canary's pods for the first step. Capacity comes before traffic; one that never gets ready never has any.</summary>
internal static class StartCanary
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        var rollout = status.Rollout!;
        string stable = status.StableRevision!;
        string canary = status.CanaryRevision!;
        int needed = Capacity.For(scope.Replicas, scope.Spec.Steps[0].Weight);
        scope.Table.SendAllTo(stable);
        scope.WantPods(stable, scope.Replicas);
        scope.WantPods(canary, Capacity.Keep(scope, canary, needed));
        status.Phase = RolloutPhase.Starting;
        rollout.Steps = scope.Spec.Steps.Count;
        if (scope.Find(canary)?.ReadyReplicas >= needed)
        {
            rollout.ReadyAt = scope.Now;
            rollout.Step = 0;
            scope.Table.Share(stable, canary, scope.Spec.Steps[0].Weight);
            scope.Decide(
                DecisionActions.StepAdvanced, canary, Reasons.StepAdvanced, $"canary {canary} is ready and gets {scope.Spec.Steps[0].Weight} percent of requests");
            return Next.LookAgain;
        }

        if (scope.Now - rollout.StartedAt >= scope.Spec.ProgressDeadline)
        {
            return Rejection.Execute(
                scope,
                Reasons.ProgressDeadlineExceeded,
                $"not ready after {Story.Time(scope.Spec.ProgressDeadline)}: {Story.WhyNotReady(scope, canary, needed)}");
        }

        status.Message = $"canary {canary} is coming up and has no traffic yet: {Story.WhyNotReady(scope, canary, needed)}";
        return Next.Wait;
    }
}
