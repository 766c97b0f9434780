using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>The spec asks for a revision that failed its trial: the stable one serves on until the spec changes.</summary>
internal static class StayOnStable
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        string stable = status.StableRevision!;
        var rejected = scope.WantedRejected!;
        long before = scope.Table.Version;
        StandIns.GoBackToStable(scope);
        scope.WantPods(stable, scope.Replicas);
        bool arrived = scope.IsConfirmed || (status.Phase == RolloutPhase.Rejected && scope.Table.Version == before);
        status.Phase = arrived ? RolloutPhase.Rejected : RolloutPhase.RollingBack;
        status.Message = arrived
            ? $"revision {scope.Wanted} was rejected ({rejected.Reason}: {rejected.Message}); "
                + $"stable revision {stable} serves on{Rejection.Retry(rejected.RetryAt)}; change the spec to try another"
            : $"revision {scope.Wanted} was rejected ({rejected.Reason}): all requests go back to {stable}: {Story.Confirmations(scope)}";
        return Next.Wait;
    }
}
