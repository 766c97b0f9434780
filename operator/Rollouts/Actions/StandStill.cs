using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>The newest spec cannot be acted on: nothing begins and nothing is scaled. A rollback that has begun comes to its end.</summary>
internal static class StandStill
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        if (status.Phase is RolloutPhase.RollingBack && scope.IsConfirmed)
        {
            status.Phase = RolloutPhase.Rejected;
        }

        return Next.Wait;
    }
}
