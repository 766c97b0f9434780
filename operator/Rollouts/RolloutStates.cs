using ModelOperator.Api;

namespace ModelOperator.Rollouts;

/// <summary>Finds the state: the first of an ordered chain of tests that holds.</summary>
internal static class RolloutStates
{
    private static readonly (RolloutState State, Func<Scope, bool> Holds)[] Chain =
    [
        (RolloutState.Blocked, s => s.Input.IsGuardOnly && s.Table.WeightOf(s.Status.CanaryRevision) == 0),
        (RolloutState.CanaryComparing, s => s.Input.IsGuardOnly),
        (RolloutState.StableLost, s =>
            s.Status.StableRevision is { } stable && stable != s.Wanted && s.Find(stable) is null && !s.World.Kept.Contains(stable)),
        (RolloutState.CanaryUnwanted, s => s.Status.CanaryRevision is { } canary && (canary != s.Wanted || s.Replicas == 0)),
        (RolloutState.ScaledToZero, s => s.Replicas == 0),
        (RolloutState.FirstRevision, s => s.Status.StableRevision is null),
        (RolloutState.Settled, s => s.Status.StableRevision == s.Wanted),
        (RolloutState.WantedRejected, s => s.IsWantedRejected),
        (RolloutState.Paused, s => s.Status.CanaryRevision is null && s.Spec.IsPaused && !s.IsUndoing),
        (RolloutState.NewRevision, s => s.Status.CanaryRevision is null),
        (RolloutState.CanaryOrdered, s => s.Status.Rollout?.Order?.Kind == RolloutOrderKind.Full),
        (RolloutState.CanaryStarting, s => s.Table.WeightOf(s.Status.CanaryRevision) == 0),
        (RolloutState.CanaryComparing, _ => true),
    ];

    public static RolloutState Of(Scope scope) => Chain.First(entry => entry.Holds(scope)).State;
}
