using ModelOperator.Api;

namespace ModelOperator.Rollouts.Control;

/// <summary>Pauses: of the steps, and that of spec.rollout.paused. A person's word ends either for the step that it is given at.</summary>
internal static class Pauses
{
    /// <summary>The step of an order that ends the pause before the first.</summary>
    public const int BeforeFirstStep = -1;

    /// <summary>Whether the rollout is paused; the status notes since when.</summary>
    /// <param name="scope">The plan in the making.</param>
    /// <param name="pause">The pause after the step; null when there is none.</param>
    /// <param name="step">Index of the step.</param>
    /// <param name="isDone">Whether the step is: the pause begins then, and goes on whatever comes.</param>
    public static bool Observe(Scope scope, EffectivePause? pause, int step, bool isDone)
    {
        var rollout = scope.Status.Rollout!;
        rollout.PauseStartedAt = pause is null ? null : rollout.PauseStartedAt ?? (isDone ? scope.Now : null);
        bool isPaused = !IsOrdered(rollout, step)
            && (scope.Spec.IsPaused || (rollout.PauseStartedAt is not null && !(EndsAt(scope, pause) <= scope.Now)));
        if (isPaused)
        {
            rollout.PausedSince ??= scope.Now;
        }
        else
        {
            End(scope);
        }

        return isPaused;
    }

    /// <summary>Whether a person said that the step, or its pause, is not to be waited for.</summary>
    public static bool IsOrdered(RolloutStatus rollout, int step) =>
        rollout.Order is { Kind: RolloutOrderKind.NextStep } order && order.Step == step;

    /// <summary>Forgets the pause and the order of a step that is over.</summary>
    public static void Leave(Scope scope)
    {
        End(scope);
        (scope.Status.Rollout!.PauseStartedAt, scope.Status.Rollout.Order) = (null, null);
    }

    /// <summary>Tells people, once, and waits.</summary>
    public static void Wait(Scope scope, EffectivePause? pause, string canary, string rest)
    {
        var status = scope.Status;
        int weight = scope.Table.WeightOf(canary);
        string what = $"canary {canary} waits {(weight == 0 ? "without requests" : $"at {weight} percent of requests")}: "
            + $"{Explain(scope, pause)}{rest}";
        if (scope.PreviousPhase != RolloutPhase.Paused)
        {
            scope.Decide(DecisionActions.Paused, canary, Reasons.RolloutPaused, what);
        }

        (status.Phase, status.Message) = (RolloutPhase.Paused, what);
    }

    /// <summary>When the pause in progress ends by itself; null when it does not.</summary>
    public static DateTimeOffset? EndsAt(Scope scope, EffectivePause? pause) => scope.Status.Rollout!.PauseStartedAt + pause?.Duration;

    /// <summary>When the analysis deadline passes: pauses do not count.</summary>
    public static DateTimeOffset? DeadlineAt(Scope scope)
    {
        var rollout = scope.Status.Rollout!;
        return rollout.AnalysisStartedAt + scope.Spec.Analysis.Deadline + TimeSpan.FromSeconds(rollout.PausedSeconds) + Current(scope);
    }

    private static string Explain(Scope scope, EffectivePause? pause) => scope.Spec.IsPaused
        ? "spec.rollout.paused is true"
        : EndsAt(scope, pause) is { } end
            ? $"it is paused until {end.UtcDateTime:HH:mm:ss} UTC"
            : $"it is paused until somebody lets it go on: kubectl model promote {scope.Input.Name}";

    private static void End(Scope scope)
    {
        var rollout = scope.Status.Rollout!;
        rollout.PausedSeconds += (long)Current(scope).TotalSeconds;
        rollout.PausedSince = null;
    }

    // The deadline counts from when the canary first got requests.
    private static TimeSpan Current(Scope scope) =>
        scope.Status.Rollout is { PausedSince: { } since, AnalysisStartedAt: not null } && scope.Now > since
            ? scope.Now - since
            : TimeSpan.Zero;
}
