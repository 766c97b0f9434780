using ModelOperator.Api;

namespace ModelOperator.Rollouts.Actions;

/// <summary>
/// The time is over and the data cannot tell: the weights stay, a person decides. Evidence is still gathered: a canary that is shown to be
/// harmful is rolled back, one that is shown to be safe goes on.
/// </summary>
internal static class Hold
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        string canary = status.CanaryRevision!;
        string text = $"canary {canary} is held at {scope.Table.WeightOf(canary)} percent: {Story.Undecided(scope)}; set the spec back to "
            + $"{status.StableRevision} to give the canary up, raise rollout.analysis.deadlineSeconds to wait for more data, "
            + "or set onInconclusive to Rollback or Promote (which need data)";
        if (status.Phase != RolloutPhase.Held)
        {
            scope.Decide(DecisionActions.Held, canary, Reasons.AnalysisDeadlineExceeded, text, EventSeverity.Warning);
        }

        status.Phase = RolloutPhase.Held;
        status.Message = text;
        return Next.Wait;
    }
}
