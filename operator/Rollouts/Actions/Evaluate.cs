using ModelOperator.Api;
using ModelOperator.Rollouts.Judging;

namespace ModelOperator.Rollouts.Actions;

/// <summary>
/// Has a new revision answer labelled data before it gets any traffic. What it shows on these rows is held against what is asked as it is:
/// the same rows for both revisions leave nothing to chance.
/// </summary>
internal static class Evaluate
{
    /// <summary>Brings the evaluation forward and says where it is; Passed when none is asked for.</summary>
    public static EvaluationState Look(Scope scope, string revision, string? stable)
    {
        if (scope.Spec.Evaluation is not { } asked)
        {
            scope.Status.Evaluation = null;
            return EvaluationState.Passed;
        }

        // Another spec may ask for less.
        bool isNew = scope.Status.Evaluation?.Revision != revision
            || (scope.Status.Evaluation.State == EvaluationState.Failed && scope.Input.Status?.ObservedGeneration != scope.Input.Generation);
        var known = isNew ? new EvaluationStatus { Revision = revision } : scope.Status.Evaluation!;
        scope.Status.Evaluation = known;
        if (known.State is EvaluationState.Passed or EvaluationState.Failed)
        {
            return known.State;
        }

        scope.Evaluation = new EvaluationPlan(asked, revision, stable);
        if (scope.World.Evaluation is { } observed && observed.Revision == revision)
        {
            Note(known, asked, observed);
        }

        if (known.State is EvaluationState.Passed or EvaluationState.Failed)
        {
            scope.Evaluation = null;
        }

        return known.State;
    }

    /// <summary>Lets an evaluation that has begun go on while pods of the revision are away.</summary>
    public static void Keep(Scope scope, string revision, string stable)
    {
        if (scope.Spec.Evaluation is { } asked && scope.Status.Evaluation?.Revision == revision)
        {
            scope.Evaluation = new EvaluationPlan(asked, revision, stable);
        }
    }

    /// <summary>Waits for an evaluation that has not come to an end.</summary>
    public static Next Wait(Scope scope, string revision)
    {
        var evaluation = scope.Status.Evaluation!;
        scope.Status.Phase = RolloutPhase.Evaluating;
        scope.Status.Message = evaluation.State == EvaluationState.Error
            ? $"revision {revision} waits and has no traffic: its evaluation could not be done: {evaluation.Message}; delete its Job to try again"
            : $"revision {revision} is evaluated and has no traffic yet: {evaluation.Message ?? "its evaluation is coming up"}";
        return Next.Wait;
    }

    private static void Note(EvaluationStatus status, EffectiveEvaluation asked, ObservedEvaluation observed)
    {
        status.StartedAt = observed.StartedAt;
        status.EndedAt = observed.EndedAt;
        status.TotalRows = observed.TotalRows;
        if (observed.Counts is { } counts)
        {
            EvaluationVerdict.Describe(status, counts);
        }

        (status.State, string? message) = observed switch
        {
            { EndedAt: not null, Counts: { Rows: > 0 } all } => EvaluationVerdict.Of(asked, all),
            { EndedAt: not null } => (EvaluationState.Error, observed.Problem ?? "it ended without a result"),
            { StartedAt: null } => (EvaluationState.Pending, observed.Problem is null ? "its pod is coming up" : $"its pod does not come up: {observed.Problem}"),
            _ => (EvaluationState.Running, EvaluationVerdict.Progress(status)),
        };
        status.Message = message is null ? null : StatusLimits.Shorten(message);
    }
}
