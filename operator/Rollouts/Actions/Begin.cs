using ModelOperator.Api;
using ModelOperator.Rollouts.Control;
using ModelOperator.Rollouts.Judging;

namespace ModelOperator.Rollouts.Actions;

/// <summary>Begins a rollout: a new canary, with no evidence for or against it.</summary>
internal static class Begin
{
    public static Next Execute(Scope scope)
    {
        var status = scope.Status;
        var steps = scope.Spec.Steps;
        status.CanaryRevision = scope.Wanted;
        status.Rollout = new RolloutStatus
        {
            StartedAt = scope.Now,
            Steps = steps.Count,
            Order = scope.IsUndoing ? new RolloutOrder { Kind = RolloutOrderKind.Full, By = status.Undo!.By } : null,
        };
        status.Analysis = null;
        status.Evaluation = null;
        TickReader.SkipEarlier(scope);
        Guardrails.Load(scope);
        Guardrails.Judge(scope);
        scope.Decide(
            DecisionActions.Started,
            scope.Wanted,
            Reasons.RolloutStarted,
            scope.IsUndoing
                ? $"revision {scope.Wanted} comes up to replace {status.StableRevision}{Undoing.Explain(scope)}"
                : $"canary {scope.Wanted} is compared with stable {status.StableRevision}: "
                    + $"{string.Join(", ", steps.Select(s => s.Weight))} percent of requests, "
                    + $"guardrails {string.Join(", ", scope.Spec.Analysis.Guardrails.Select(g => g.Name))}");
        return Next.LookAgain;
    }
}
