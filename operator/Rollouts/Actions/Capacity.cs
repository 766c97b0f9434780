using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>How many pods a share of the requests needs.</summary>
internal static class Capacity
{
    /// <summary>The share of the pods that the weight is of the requests, rounded up, at least one.</summary>
    public static int For(int replicas, int weight) => Math.Max(1, ((replicas * weight) + 99) / 100);

    /// <summary>Whether nodes or a quota have no room for the revision's pods: there is nothing wrong with them.</summary>
    public static bool IsMissing(Scope scope, string revision) => scope.Find(revision)?.Failure?.Reason == Reasons.Unschedulable;

    /// <summary>A canary that has grown is not shrunk during its trial, unless spec.replicas is.</summary>
    public static int Keep(Scope scope, string canary, int needed) =>
        Math.Max(needed, Math.Min(scope.Find(canary)?.DesiredReplicas ?? 0, scope.Replicas));
}
