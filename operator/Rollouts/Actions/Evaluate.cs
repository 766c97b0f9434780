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
            || (scope.Status.Evaluation.State == EvaluationState.Failed
                && scope.Input.Status?.ObservedGeneration != scope.Input.Generation);
        var known = isNew ? new EvaluationStatus { Revision = revision } : scope.Status.Evaluation!;
        scope.Status.Evaluation = known;
        if (known.State is EvaluationState.Passed or EvaluationState.Failed)
        {
            return known.State;
        }

        scope.Evaluation = new EvaluationPlan(asked, revision, stable);
        if (scope.World.Evaluation is { } observed && observed.Revision == revision)
        {
            var before = known.State;
            Note(known, asked, observed);
            Tell(scope, known, before);
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

    /// <summary>What an evaluation that was passed showed, to be put at the end of a sentence.</summary>
    public static string Passed(Scope scope) =>
        scope.Status.Evaluation is { } evaluation ? $"; its evaluation passed: {evaluation.Message}" : "";

    /// <summary>Waits for an evaluation that has not come to an end.</summary>
    public static Next Wait(Scope scope, string revision)
    {
        var evaluation = scope.Status.Evaluation!;
        scope.Status.Phase = RolloutPhase.Evaluating;
        scope.Status.Message = evaluation.State == EvaluationState.Error
            ? $"revision {revision} waits and has no traffic: its evaluation could not be done: {evaluation.Message}; "
                + "delete its Job to try again"
            : $"revision {revision} is evaluated and has no traffic yet: {evaluation.Message ?? "its evaluation is coming up"}";
        return Next.Wait;
    }

    // A failure is told with the rejection it leads to; a first revision has none.
    private static void Tell(Scope scope, EvaluationStatus evaluation, EvaluationState before)
    {
        if (evaluation.State == before)
        {
            return;
        }

        switch (evaluation.State)
        {
            case EvaluationState.Passed:
                scope.Tell(
                    EventSeverity.Normal,
                    Reasons.EvaluationPassed,
                    $"revision {evaluation.Revision} passes its evaluation: {evaluation.Message}");
                break;
            case EvaluationState.Failed when scope.Status.StableRevision is null:
                scope.Tell(
                    EventSeverity.Warning,
                    Reasons.EvaluationFailed,
                    $"first revision {evaluation.Revision} fails its evaluation: {evaluation.Message}");
                break;
            case EvaluationState.Error:
                scope.Tell(
                    EventSeverity.Warning,
                    Reasons.EvaluationError,
                    $"revision {evaluation.Revision} could not be evaluated: {evaluation.Message}");
                break;
        }
    }

    private static void Note(EvaluationStatus status, EffectiveEvaluation asked, ObservedEvaluation observed)
    {
        if (status.StartedAt != observed.StartedAt)
        {
            // Another pod begins at the first row.
            (status.StartedAt, status.Rows, status.TotalRows) = (observed.StartedAt, 0, null);
        }

        status.EndedAt = observed.EndedAt;
        status.TotalRows = observed.TotalRows ?? status.TotalRows;
        if (observed.Counts is { } counts)
        {
            EvaluationVerdict.Describe(status, counts);
        }

        (status.State, string? message) = observed switch
        {
            { EndedAt: not null, Counts: { Predictions: > 0 } all } => EvaluationVerdict.Of(asked, all),
            { EndedAt: not null } => (EvaluationState.Error, observed.Problem ?? "it ended without a result"),
            { StartedAt: null } => (
                EvaluationState.Pending,
                observed.Problem is null ? "its pod is coming up" : $"its pod does not come up: {observed.Problem}"),
            _ => (EvaluationState.Running, EvaluationVerdict.Progress(status)),
        };
        status.Message = message is null ? null : StatusLimits.Shorten(message);
    }
}
