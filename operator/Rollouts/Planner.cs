using ModelOperator.Rollouts.Actions;
using ModelOperator.Rollouts.Control;
using ModelOperator.Rollouts.Judging;
using ModelOperator.Rollouts.Outcome;

namespace ModelOperator.Rollouts;

/// <summary>Decides what a rollout does next. A pure function: the same input gives the same plan.</summary>
public static class Planner
{
    // Far above what any input needs: supersede, begin, start are three.
    private const int MostActions = 8;

    /// <summary>Plans the next move from the spec, the status and what is there.</summary>
    public static Plan Plan(PlannerInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var scope = new Scope(input);
        Rejection.ForgetOthers(scope);
        Undoing.ForgetOthers(scope);
        Baseline.Read(scope);
        Guardrails.Load(scope);
        EvidenceIntake.Read(scope);
        SourceIntake.Read(scope);
        Guardrails.Judge(scope);
        bool isOver = Orders.Obey(scope);
        for (int i = 0; i < MostActions && !isOver && Act(scope) == Next.LookAgain; i++)
        {
        }

        KnownRevisions.Remember(scope);
        return new Plan
        {
            Deployments = isOver ? [] : Deployments.Plan(scope),
            Status = Summary.Complete(scope),
            Evaluation = scope.Evaluation,
            GateJobs = GateJobs.Plan(scope),
            Events = scope.Events,
            RequeueAfter = isOver ? Requeue.AtOnce : Requeue.After(scope),
        };
    }

    private static Next Act(Scope scope)
    {
        scope.WantNothing();
        return RolloutStates.Of(scope) switch
        {
            RolloutState.Blocked => StandStill.Execute(scope),
            RolloutState.StableLost => LoseStable.Execute(scope),
            RolloutState.CanaryUnwanted => Supersede.Execute(scope),
            RolloutState.ScaledToZero => StayAtZero.Execute(scope),
            RolloutState.FirstRevision => BringUpFirst.Execute(scope),
            RolloutState.Settled => Settle.Execute(scope),
            RolloutState.WantedRejected => StayOnStable.Execute(scope),
            RolloutState.Paused => StayPaused.Execute(scope),
            RolloutState.NewRevision => Begin.Execute(scope),
            RolloutState.CanaryOrdered => PromoteInFull.Execute(scope),
            RolloutState.CanaryStarting => StartCanary.Execute(scope),
            _ => CompareCanary.Execute(scope),
        };
    }
}
