using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Rollouts.Control;
using ModelOperator.Rollouts.Judging;

namespace ModelOperator.Rollouts.Actions;

/// <summary>Walks a canary with traffic up its steps, as far as the evidence, its pods and the routers let it.</summary>
internal static class CompareCanary
{
    public static Next Execute(Scope scope)
    {
        var step = StepProgress.Observe(scope);
        var status = scope.Status;
        if (scope.Deciding.Select(pair => pair.Verdict)
            .FirstOrDefault(v => v.Judgement.Verdict == Verdict.Harmful && MayReject(scope, v)) is { } harmful)
        {
            return Rejection.Execute(scope, Guardrails.HarmReason(harmful.Guardrail.Type), $"{harmful.Guardrail.Name}: {harmful.Sentence}");
        }

        bool isPaused = Pauses.Observe(scope, step.Step.Pause, step.Index, step.IsDone);
        bool isDue = step.IsOverdue && !step.IsAllSafe && !isPaused && !step.IsOrdered;
        bool isIdle = step.IsHeard && HasPassedWithoutRequests(scope, step.Canary);
        var onInconclusive = scope.Spec.Analysis.OnInconclusive;
        if (!step.HasData && !(isIdle && onInconclusive == InconclusiveAction.Promote))
        {
            onInconclusive = InconclusiveAction.Hold;
        }

        if (isDue && onInconclusive == InconclusiveAction.Rollback)
        {
            return Rejection.Execute(scope, Reasons.AnalysisDeadlineExceeded, Story.Undecided(scope));
        }

        bool isHeld = isDue && (onInconclusive == InconclusiveAction.Hold || step.IsSuspicious);
        bool mayGrow = !isHeld && !isPaused && !scope.Input.IsGuardOnly;
        bool isPromotable = mayGrow && (isDue || (step.IsDone && step.IsLast && step.IsAllSafe));
        int needed = isPromotable ? scope.Replicas : mayGrow && step.MayAdvance ? step.NextCapacity : step.CurrentCapacity;
        int pods = Capacity.Keep(scope, step.Canary, needed);
        scope.WantPods(step.Stable, scope.Replicas);
        bool answersAll = StandIns.Answering(scope) == step.Canary;
        scope.WantPods(step.Canary, answersAll ? scope.Replicas : pods);
        scope.AwaitsRoom = step.ReadyPods < pods && Capacity.IsMissing(scope, step.Canary);
        status.Rollout!.UnreadySince = step.ReadyPods >= pods || scope.AwaitsRoom ? null : status.Rollout.UnreadySince ?? scope.Now;
        if (scope.Now - status.Rollout.UnreadySince >= scope.Spec.ProgressDeadline && !answersAll)
        {
            return Rejection.Execute(
                scope,
                Reasons.ProgressDeadlineExceeded,
                $"not ready for {Story.Time(scope.Spec.ProgressDeadline)}: {Story.WhyNotReady(scope, step.Canary, pods)}");
        }

        if (isPromotable && step.ReadyPods >= pods)
        {
            return isDue
                ? Promotion.Execute(
                    scope,
                    Reasons.AnalysisDeadlineExceeded,
                    $"onInconclusive is Promote{(isIdle ? $", and no request came{Evaluate.Passed(scope)}" : "")}; "
                    + $"{Story.Undecided(scope)}")
                : Promotion.Execute(scope, Reasons.Promoted, Story.Safe(scope));
        }

        if (isHeld)
        {
            return Hold.Execute(scope);
        }

        if (isPaused)
        {
            Pauses.Wait(scope, step.Step.Pause, step.Canary, $"; {Story.Comparing(scope, step, pods)}");
            return Next.Wait;
        }

        status.Phase = RolloutPhase.Analyzing;
        scope.AwaitsTruth = step is { IsDone: true, IsLast: true, IsAllSafe: false } && AwaitsTruth(scope);
        if (mayGrow)
        {
            step.MoveTable(scope, pods);
        }

        status.Message = Story.Comparing(scope, StepProgress.Observe(scope), pods);
        return Next.Wait;
    }

    // What a webhook or a Job says does not rest on how requests are split.
    private static bool MayReject(Scope scope, GuardrailVerdict verdict) => verdict.Guardrail.IsGate || !scope.IsSkewed;

    // A model that nobody asks is judged by labelled data alone, if the spec says so.
    private static bool HasPassedWithoutRequests(Scope scope, string canary) =>
        scope.Status.Rollout!.CanaryRequests == 0
        && scope.Evidence.OfType<CountedGuardrail>().All(known => known.Evidence.Total.Canary.Total == 0)
        && scope.Spec.Evaluation is not null
        && scope.Status.Evaluation is { State: EvaluationState.Passed } evaluation
        && evaluation.Revision == canary;

    // Labels may come long after the answers: all else is shown, and answers are still without their truth.
    private static bool AwaitsTruth(Scope scope) => scope.Deciding
        .Where(pair => pair.Verdict.Judgement.Verdict != Verdict.Safe)
        .All(pair => pair.Known is CountedGuardrail { Guardrail.Type: GuardrailType.Accuracy } known
            && known.Evidence.Total.Canary.Total < scope.Status.Rollout!.CanaryRequests);
}
