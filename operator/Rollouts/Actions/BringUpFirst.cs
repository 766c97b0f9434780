using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts.Judging;

namespace ModelOperator.Rollouts.Actions;

/// <summary>
/// The first revision has nothing to be compared with: it goes live with its first ready pod. While it cannot, it is tried on and on,
/// because there is nothing to go back to.
/// </summary>
internal static class BringUpFirst
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        string revision = scope.Wanted;
        scope.WantPods(revision, scope.Replicas);
        if (status.History?.LastOrDefault() is not { Action: DecisionActions.Started } last || last.Revision != revision)
        {
            scope.Decide(
                DecisionActions.Started, revision, Reasons.Initializing,
                $"first revision {revision} is coming up with {Story.Pods(scope.Replicas)}");
        }

        var observed = scope.Find(revision);
        if (observed is { ReadyReplicas: > 0 })
        {
            switch (Evaluate.Look(scope, revision, stable: null))
            {
                case EvaluationState.Passed:
                    break;
                case EvaluationState.Failed:
                    status.Phase = RolloutPhase.Stalled;
                    status.Message = $"first revision {revision} does not go live: {status.Evaluation!.Message}";
                    return Next.Wait;
                default:
                    return Evaluate.Wait(scope, revision);
            }

            status.StableRevision = revision;
            Baseline.ForgetLatencies(status);
            scope.Table.SendAllTo(revision);
            scope.Decide(
                DecisionActions.Promoted, revision, Reasons.Promoted,
                $"first revision {revision} is ready and is the stable one now; "
                + $"routers send it all requests as soon as they confirm{Evaluate.Passed(scope)}");
            status.Phase = RolloutPhase.Promoting;
            return Next.LookAgain;
        }

        bool late = scope.Now - observed?.CreatedAt >= scope.Spec.ProgressDeadline;
        status.Phase = observed?.Failure is not null || late ? RolloutPhase.Stalled : RolloutPhase.Initializing;
        status.Message = observed?.Failure is { } failure
            ? $"first revision {revision} does not come up: {failure.Reason}: {failure.Message}"
            : $"first revision {revision} is coming up: "
                + $"no pod is ready yet{(late ? $", {Story.Time(scope.Spec.ProgressDeadline)} after it was made" : "")}";
        Warn(scope, observed?.Failure, late);
        return Next.Wait;
    }

    // Ready keeps the reason: it is news when it is another one than before.
    private static void Warn(Scope scope, PodFailure? failure, bool isLate)
    {
        string? before = Conditions.Get(scope.Input.Status?.Conditions, ConditionTypes.Ready)?.Reason;
        if (failure is not null && failure.Reason != before)
        {
            scope.Tell(EventSeverity.Warning, failure.Reason, scope.Status.Message!);
        }
        else if (failure is null && isLate && scope.PreviousPhase != RolloutPhase.Stalled)
        {
            scope.Tell(EventSeverity.Warning, Reasons.ProgressDeadlineExceeded, scope.Status.Message!);
        }
    }
}
