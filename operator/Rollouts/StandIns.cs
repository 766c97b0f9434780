using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Rollouts;

/// <summary>
/// Who answers while the stable revision has no ready pod. No table points away from the only pods that answer: what has answered so far
/// stays in the table at 0 percent, and routers send it what none of stable's pods can take. They go back to stable by themselves with its
/// first ready pod.
/// </summary>
internal static class StandIns
{
    // A pod that is away for a moment is no reason to show users a revision that has not been tried.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The revision that answers in place of stable; null while stable answers, or nothing does.</summary>
    public static string? Answering(Scope scope) => IsStableDown(scope)
        ? scope.Table.Targets
            .Where(target => target.Revision != scope.Status.StableRevision && IsReady(scope, target.Revision))
            .MaxBy(target => target.Weight)?.Revision
        : null;

    /// <summary>Sends all requests to stable, and keeps the stand-ins it needs.</summary>
    public static void GoBackToStable(Scope scope)
    {
        var standIns = Of(scope);
        scope.Table.SendAllTo(scope.Status.StableRevision!, standIns);
        foreach (string standIn in standIns.Where(standIn => IsReady(scope, standIn)))
        {
            scope.WantPods(standIn, scope.Replicas);
        }
    }

    /// <summary>Lets a ready canary without traffic answer for a stable revision that has been down for a while.</summary>
    public static void Offer(Scope scope, string canary)
    {
        bool isLong = Conditions.Get(scope.Input.Status?.Conditions, ConditionTypes.Ready) is { Status: Conditions.False } condition
            && scope.Now - condition.LastTransitionTime >= Patience;
        if (IsStableDown(scope) && isLong && IsReady(scope, canary) && !scope.Table.Contains(canary))
        {
            scope.Table.SendAllTo(scope.Status.StableRevision!, [canary, .. Of(scope)]);
        }
    }

    /// <summary>What happens and what a person can do; null while stable answers, or nothing does.</summary>
    public static string? Explain(Scope scope)
    {
        if (Answering(scope) is not { } standIn)
        {
            return null;
        }

        string stable = scope.Status.StableRevision!;
        string why = scope.Find(stable) switch
        {
            null when scope.World.Kept.Contains(stable) => "its Deployment was deleted, and the operator makes it again",
            null => "its Deployment is gone",
            { Failure: { } failure } => $"{failure.Reason}: {failure.Message}",
            _ => "no reason is known",
        };
        string keep = standIn == scope.Wanted && !scope.IsWantedRejected
            ? $"give it up to keep {standIn}"
            : "change the spec to a revision that works and give it up to put that in its place";
        return $"stable revision {stable} has no ready pod ({why}); revision {standIn} answers all requests until it has; "
            + $"repair {stable}, or {keep}: kubectl delete controllerrevision,deployment {scope.Input.Name}-{stable}";
    }

    public static bool IsStableDown(Scope scope) =>
        scope.Replicas > 0 && scope.Status.StableRevision is { } stable && !IsReady(scope, stable);

    private static List<string> Of(Scope scope)
    {
        if (!IsStableDown(scope))
        {
            return [];
        }

        var others = scope.Table.Targets
            .Select(target => target.Revision)
            .Where(revision => revision != scope.Status.StableRevision && scope.Find(revision) is { DesiredReplicas: > 0 })
            .ToList();
        var ready = others.Where(revision => IsReady(scope, revision)).ToList();
        return [.. (ready.Count > 0 ? ready : others).Take(StatusLimits.Targets - 2)];
    }

    private static bool IsReady(Scope scope, string revision) => scope.Find(revision) is { ReadyReplicas: > 0 };
}
