using ModelOperator.Api;
using ModelOperator.Rollouts.Control;

namespace ModelOperator.Rollouts.Actions;

/// <summary>
/// Brings up the canary's pods for the first step. Capacity comes before traffic; one that never gets ready never has any.
/// </summary>
internal static class StartCanary
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        var rollout = status.Rollout!;
        string stable = status.StableRevision!;
        string canary = status.CanaryRevision!;
        StandIns.GoBackToStable(scope);
        StandIns.Offer(scope, canary);
        string? standIn = StandIns.Answering(scope);
        // It takes over from a revision that answers all requests, or answers all of them itself.
        int needed = standIn is not null && standIn != canary ? scope.Replicas : Capacity.For(scope.Replicas, scope.Spec.Steps[0].Weight);
        scope.WantPods(stable, scope.Replicas);
        scope.WantPods(canary, standIn is null ? Capacity.Keep(scope, canary, needed) : scope.Replicas);
        status.Phase = RolloutPhase.Starting;
        rollout.Steps = scope.Spec.Steps.Count;
        if (scope.Find(canary)?.ReadyReplicas >= needed)
        {
            rollout.UnreadySince = null;
            switch (Evaluate.Look(scope, canary, stable))
            {
                case EvaluationState.Passed:
                    break;
                case EvaluationState.Failed:
                    return Rejection.Execute(scope, Reasons.EvaluationFailed, status.Evaluation!.Message!);
                default:
                    return Evaluate.Wait(scope, canary);
            }

            if (Pauses.Observe(scope, scope.Spec.FirstPause, Pauses.BeforeFirstStep, isDone: true))
            {
                Pauses.Wait(scope, scope.Spec.FirstPause, canary, $"; {Story.Ready(scope, canary, needed)}{Evaluate.Passed(scope)}");
                return Next.Wait;
            }

            scope.By = rollout.Order?.By;
            Pauses.Leave(scope);
            rollout.ReadyAt = scope.Now;
            rollout.Step = 0;
            scope.Table.Share(stable, canary, scope.Spec.Steps[0].Weight);
            scope.Decide(
                DecisionActions.StepAdvanced,
                canary,
                Reasons.StepAdvanced,
                $"canary {canary} is ready and is to get {scope.Spec.Steps[0].Weight} percent of requests{Evaluate.Passed(scope)}");
            return Next.LookAgain;
        }

        // An evaluation takes its time, and room may take any time: only the time without ready pods that could start counts.
        scope.AwaitsRoom = Capacity.IsMissing(scope, canary);
        rollout.UnreadySince = scope.AwaitsRoom ? null : rollout.UnreadySince ?? scope.Now;
        Evaluate.Keep(scope, canary, stable);
        if (scope.Now - rollout.UnreadySince >= scope.Spec.ProgressDeadline)
        {
            return Rejection.Execute(
                scope,
                Reasons.ProgressDeadlineExceeded,
                $"not ready after {Story.Time(scope.Spec.ProgressDeadline)}: {Story.WhyNotReady(scope, canary, needed)}",
                isRetried: true);
        }

        status.Message = $"canary {canary} is coming up and has no traffic yet: {Story.WhyNotReady(scope, canary, needed)}";
        return Next.Wait;
    }
}
