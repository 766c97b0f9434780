using ModelOperator.Api;

namespace ModelOperator.Rollouts.Control;

/// <summary>
/// Why an order cannot be carried out. Admission asks when it is given, the planner when it is to be carried out: things may have moved.
/// </summary>
public static class OrderCheck
{
    /// <summary>What is in the way, and what would be right; null when nothing is.</summary>
    public static string? FindRefusal(ControlOrder order, ModelDeploymentStatus status)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(status);
        return order.Action switch
        {
            ControlAction.Promote => Canary(order, status) ?? Step(status),
            ControlAction.PromoteFull or ControlAction.Abort => Canary(order, status),
            ControlAction.Retry => Retry(order, status),
            ControlAction.Undo => Undo(order, status),
            _ => status.StableRevision is null ? "no revision serves yet" : null,
        };
    }

    /// <summary>The revision that an undo goes back to; null when none is known.</summary>
    public static string? UndoTarget(ControlOrder order, ModelDeploymentStatus status) =>
        order.Revision ?? status.History?.FindLast(decision => decision.Action == DecisionActions.Promoted
            && decision.Revision != status.StableRevision && IsKnown(status, decision.Revision))?.Revision;

    private static string? Canary(ControlOrder order, ModelDeploymentStatus status) => status.CanaryRevision switch
    {
        null => $"no rollout is in progress{(status.StableRevision is { } stable ? $": revision {stable} serves" : "")}",
        { } canary when order.Revision is { } meant && meant != canary => $"the canary is {canary}, not {meant}",
        _ => null,
    };

    private static string? Step(ModelDeploymentStatus status) => status.Rollout switch
    {
        { PausedSince: not null } => null,
        { ReadyAt: null } =>
            "the canary has no requests yet and waits at no pause; promote-full does not wait for evaluation and evidence, only for pods",
        { } rollout when rollout.Step + 1 >= rollout.Steps =>
            "the canary is at its last step, where evidence alone is missing; promote-full does not wait for it",
        _ => null,
    };

    private static string? Retry(ControlOrder order, ModelDeploymentStatus status)
    {
        string? revision = status.Undo?.From ?? status.Rejected?.LastOrDefault()?.Revision
            ?? (status.Evaluation is { State: EvaluationState.Error or EvaluationState.Failed } evaluation ? evaluation.Revision : null);
        return revision switch
        {
            null => "no revision that the spec asks for was rejected, undone, or failed its evaluation",
            _ when order.Revision is { } meant && meant != revision => $"what can be tried again is {revision}, not {meant}",
            _ => null,
        };
    }

    private static string? Undo(ControlOrder order, ModelDeploymentStatus status) =>
        (status.StableRevision, UndoTarget(order, status)) switch
        {
            (null, _) => "no revision serves yet",
            (_, null) => $"no earlier stable revision is known any more; name one of {Known(status)}",
            var (stable, target) when target == stable && status.CanaryRevision is not null =>
                $"revision {stable} is stable now; abort gives the canary up",
            var (stable, target) when target == stable => $"revision {stable} serves already",
            var (_, target) when target == status.CanaryRevision => $"revision {target} is the canary; promote-full makes it stable",
            var (_, target) when !IsKnown(status, target) => $"revision {target} is not kept any more; kept are {Known(status)}",
            _ => null,
        };

    private static bool IsKnown(ModelDeploymentStatus status, string? revision) =>
        status.Revisions?.Exists(known => known.Revision == revision) == true;

    private static string Known(ModelDeploymentStatus status) =>
        string.Join(
            ", ", (status.Revisions ?? []).Select(known => known.Revision).Where(revision => revision != status.StableRevision))
            is { Length: > 0 } known
            ? known : "none";
}
