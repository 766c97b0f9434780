using ModelOperator.Api;
using ModelOperator.Rollouts.Control;

namespace ModelOperator.Rollouts.Outcome;

/// <summary>When to look again if nothing happens: pods announce themselves, the clock and the routers do not.</summary>
internal static class Requeue
{
    /// <summary>What is to serve has changed: only a new plan can go on.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Progress = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    public static TimeSpan After(Scope scope)
    {
        var status = scope.Status;
        if (AwaitsRouters(scope) || Deployments.IsDraining(scope))
        {
            return Soon;
        }

        if (status is { Phase: RolloutPhase.Evaluating, Evaluation.State: EvaluationState.Pending or EvaluationState.Running })
        {
            return Progress;
        }

        if (scope.WantedRejected is { RetryAt: { } retryAt } && retryAt - scope.Now < Idle)
        {
            return retryAt - scope.Now;
        }

        if (status is { Phase: RolloutPhase.Paused, Rollout: { ReadyAt: null } waiting })
        {
            return Min(Idle, waiting.PauseStartedAt + scope.Spec.FirstPause?.Duration - scope.Now ?? Idle);
        }

        return status.Rollout is { } rollout
            ? NextDue(scope, rollout)
            // Nothing but a person changes the number.
            : scope.Replicas == 0 ? Idle
            : status.Phase is RolloutPhase.Initializing or RolloutPhase.Evaluating or RolloutPhase.Stalled
                || (status.Routing is not null && !scope.IsConfirmed)
                ? Later
                : Idle;
    }

    private static bool AwaitsRouters(Scope scope) => scope.Status switch
    {
        { Phase: RolloutPhase.Promoting or RolloutPhase.RollingBack } => true,
        { Phase: RolloutPhase.Analyzing or RolloutPhase.Paused, Rollout: { ReadyAt: not null, StepConfirmedAt: null } } => true,
        var status =>
            status.Conditions!.Exists(condition => condition.Type == ConditionTypes.Ready && condition.Reason == Reasons.RoutersNotReady),
    };

    private static TimeSpan NextDue(Scope scope, RolloutStatus rollout)
    {
        var analysis = scope.Spec.Analysis;
        var step = scope.Spec.Steps[Math.Clamp(rollout.Step, 0, scope.Spec.Steps.Count - 1)];
        var due = new[]
        {
            rollout.BlockStartedAt + analysis.Interval + TimeSpan.FromSeconds(2),
            rollout.StepConfirmedAt + step.Duration,
            Pauses.EndsAt(scope, step.Pause),
            rollout.PausedSince is null ? Pauses.DeadlineAt(scope) : null,
            rollout.UnreadySince + scope.Spec.ProgressDeadline,
            rollout.ReadyAt is null ? rollout.StartedAt + scope.Spec.ProgressDeadline : null,
        };
        due = [.. due, .. analysis.Guardrails.Select(guardrail => SourceDue(scope, guardrail))];
        var next = due.Where(time => time > scope.Now).Min() - scope.Now ?? analysis.Interval;
        return TimeSpan.FromTicks(Math.Clamp(next.Ticks, Soon.Ticks, Math.Max(Soon.Ticks, analysis.Interval.Ticks)));
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // One that was due and gave nothing is asked again with the next look, not at once.
    private static DateTimeOffset? SourceDue(Scope scope, EffectiveGuardrail guardrail) =>
        scope.Status.Rollout!.AnalysisStartedAt is null ? null : Sources.DueAt(scope.Status, guardrail, scope.Spec.Analysis.Interval) switch
        {
            { } due when due > scope.Now => due,
            { } => scope.Now + Soon,
            null => null,
        };
}
