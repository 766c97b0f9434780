using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Rollouts.Judging;

namespace ModelOperator.Rollouts.Actions;

/// <summary>Walks a canary with traffic up its steps, as far as the evidence, its pods and the routers let it.</summary>
internal static class CompareCanary
{
    public static Next Execute(Scope scope)
    {
        var step = StepProgress.Observe(scope);
        var status = scope.Status;
        if (scope.Verdicts.FirstOrDefault(v => v.Judgement.Verdict == Verdict.Harmful) is { } harmful)
        {
            return Rejection.Execute(scope, Guardrails.HarmReason(harmful.Guardrail.Type), $"{harmful.Guardrail.Name}: {harmful.Sentence}");
        }

        bool isDue = step.IsOverdue && !step.IsAllSafe;
        var onInconclusive = step.HasData ? scope.Spec.Analysis.OnInconclusive : InconclusiveAction.Hold;
        if (isDue && onInconclusive == InconclusiveAction.Rollback)
        {
            return Rejection.Execute(scope, Reasons.AnalysisDeadlineExceeded, Story.Undecided(scope));
        }

        bool isHeld = isDue && (onInconclusive == InconclusiveAction.Hold || step.IsSuspicious);
        bool isPromotable = isDue ? !isHeld : step.IsDone && step.IsLast && step.IsAllSafe;
        int needed = isPromotable ? scope.Replicas : step.IsDone && !step.IsLast && !isHeld ? step.NextCapacity : step.CurrentCapacity;
        int pods = Capacity.Keep(scope, step.Canary, needed);
        scope.WantPods(step.Stable, scope.Replicas);
        scope.WantPods(step.Canary, pods);
        status.Rollout!.UnreadySince = step.ReadyPods >= pods ? null : status.Rollout.UnreadySince ?? scope.Now;
        if (scope.Now - status.Rollout.UnreadySince >= scope.Spec.ProgressDeadline)
        {
            return Rejection.Execute(
                scope,
                Reasons.ProgressDeadlineExceeded,
                $"not ready for {Story.Time(scope.Spec.ProgressDeadline)}: {Story.WhyNotReady(scope, step.Canary, pods)}");
        }

        if (isPromotable && step.ReadyPods >= pods)
        {
            return isDue
                ? Promotion.Execute(scope, Reasons.AnalysisDeadlineExceeded, $"onInconclusive is Promote; {Story.Undecided(scope)}")
                : Promotion.Execute(scope, Reasons.Promoted, Story.Safe(scope));
        }

        if (isHeld)
        {
            return Hold.Execute(scope);
        }

        status.Phase = RolloutPhase.Analyzing;
        scope.AwaitsTruth = step is { IsDone: true, IsLast: true, IsAllSafe: false } && AwaitsTruth(scope);
        step.MoveTable(scope, pods);
        status.Message = Story.Comparing(scope, StepProgress.Observe(scope), pods);
        return Next.Wait;
    }

    // Labels may come long after the answers: all else is shown, and answers are still without their truth.
    private static bool AwaitsTruth(Scope scope) => scope.Evidence
        .Zip(scope.Verdicts)
        .Where(pair => pair.Second.Judgement.Verdict != Verdict.Safe)
        .All(pair => pair.First is CountedGuardrail { Guardrail.Type: GuardrailType.Accuracy } known
            && known.Evidence.Total.Canary.Total < scope.Status.Rollout!.CanaryRequests);
}
