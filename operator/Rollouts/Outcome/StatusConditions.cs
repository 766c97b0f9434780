using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Rollouts.Outcome;

/// <summary>
/// The conditions. Ready says that the stable revision serves, whatever becomes of a canary; Progressing that the operator is on its way to
/// what the spec asks for; Stalled that it will not get there unless somebody changes something. A rollout is over when Progressing is
/// False: for good when Stalled is False too.
/// </summary>
internal static class StatusConditions
{
    private sealed record Finding(bool Holds, string Reason, string Message);

    public static void Set(Scope scope)
    {
        var ready = Ready(scope);
        Warn(scope, ConditionTypes.Ready, ready, Reasons.StableDown);
        Set(scope, ConditionTypes.Ready, ready);
        var progressing = Progressing(scope);
        Warn(scope, ConditionTypes.Progressing, progressing, Reasons.Unschedulable);
        Set(scope, ConditionTypes.Progressing, progressing);
        Set(scope, ConditionTypes.Stalled, Stalled(scope));
        TrafficCondition.Set(scope);
    }

    // Some reasons are no decisions, and still somebody should look.
    private static void Warn(Scope scope, string type, Finding finding, string reason)
    {
        if (finding.Holds && finding.Reason == reason && Conditions.Get(scope.Input.Status?.Conditions, type)?.Reason != reason)
        {
            scope.Tell(EventSeverity.Warning, reason, finding.Message);
        }
    }

    private static void Set(Scope scope, string type, Finding finding) => Conditions.Set(
        scope.Status.Conditions ??= [],
        type,
        finding.Holds ? Conditions.True : Conditions.False,
        finding.Reason,
        StatusLimits.Shorten(finding.Message),
        scope.Input.Generation,
        scope.Now);

    private static Finding Ready(Scope scope)
    {
        var status = scope.Status;
        if (scope.Replicas == 0)
        {
            return new(false, Reasons.ScaledToZero, status.Message!);
        }

        if (status.StableRevision is not { } stable)
        {
            return new(false, scope.Find(scope.Wanted)?.Failure?.Reason ?? Reasons.Initializing, status.Message!);
        }

        if (scope.Find(stable) is not { ReadyReplicas: > 0 } pods)
        {
            return StandIns.Explain(scope) is { } standIn && RoutersServe(scope) && IsInForce(scope)
                ? new(true, Reasons.StableDown, standIn)
                : new(
                    false,
                    scope.Find(stable)?.Failure?.Reason ?? Reasons.PodsNotReady,
                    $"stable revision {stable} does not serve: {Story.WhyNotReady(scope, stable, scope.Replicas)}");
        }

        return RoutersServe(scope)
            ? new(
                true,
                Reasons.Serving,
                $"stable revision {stable} serves: {Story.Ready(scope, stable, Math.Max(scope.Replicas, pods.ReadyReplicas))}")
            : new(
                false,
                Reasons.RoutersNotReady,
                $"the pods of {stable} are ready, but no router sends them requests yet{Story.WhyNoRouter(scope)}");
    }

    // Routers know of who stands in.
    private static bool IsInForce(Scope scope) =>
        scope.Status.Traffic?.Exists(target => target.Revision == StandIns.Answering(scope)) == true;

    // One that gives no answer may well route: a lost answer does not end what was.
    private static bool RoutersServe(Scope scope)
    {
        var answers = scope.World.Routers.Where(router => router.Report is not null).ToList();
        return answers.Count > 0
            ? answers.Exists(router => router.Report!.TableVersion >= 1)
            : scope.World.Routers.Count > 0 && Conditions.IsTrue(scope.Status.Conditions, ConditionTypes.Ready);
    }

    private static Finding Progressing(Scope scope)
    {
        var status = scope.Status;
        string message = status.Message!;
        bool noMetrics = scope.World.Routers.All(router => router.Report is null);
        return status.Phase switch
        {
            RolloutPhase.Stable when MissingPods(scope) => new(
                true, Reasons.PodsNotReady, Story.WhyNotReady(scope, status.StableRevision!, scope.Replicas)),
            RolloutPhase.Stable => new(false, scope.Replicas == 0 ? Reasons.ScaledToZero : Reasons.Stable, message),
            RolloutPhase.Rejected => new(false, Reasons.RevisionRejected, message),
            RolloutPhase.Held => new(false, Reasons.AnalysisDeadlineExceeded, message),
            RolloutPhase.Stalled => new(false, StalledReason(scope), message),
            _ when scope.Replicas == 0 => new(false, Reasons.ScaledToZero, message),
            RolloutPhase.Paused => new(true, Reasons.RolloutPaused, message),
            RolloutPhase.Initializing => new(true, Reasons.Initializing, message),
            RolloutPhase.Evaluating => status.Evaluation?.State == EvaluationState.Error
                ? new(false, Reasons.EvaluationError, message)
                : new(true, Reasons.EvaluationRunning, message),
            RolloutPhase.Starting or RolloutPhase.Analyzing when scope.AwaitsRoom => new(true, Reasons.Unschedulable, message),
            RolloutPhase.Analyzing when noMetrics =>
                new(true, Reasons.NoMetrics, $"no router answers, nothing is decided until one does; {message}"),
            RolloutPhase.Analyzing when Story.LostSources(scope) is { } lost => new(true, Reasons.MetricsUnavailable, $"{lost}; {message}"),
            RolloutPhase.Analyzing when scope.AwaitsTruth => new(true, Reasons.WaitingForTruth, message),
            RolloutPhase.Promoting => new(true, Reasons.Promoted, message),
            RolloutPhase.RollingBack => new(true, Reasons.RolledBack, message),
            _ => new(true, Reasons.RolloutInProgress, message),
        };
    }

    private static Finding Stalled(Scope scope)
    {
        var status = scope.Status;
        return status.Phase switch
        {
            RolloutPhase.Rejected => new(true, Reasons.RevisionRejected, status.Message!),
            RolloutPhase.Held => new(true, Reasons.AnalysisDeadlineExceeded, status.Message!),
            RolloutPhase.Stalled => new(true, StalledReason(scope), status.Message!),
            RolloutPhase.Evaluating when status.Evaluation?.State == EvaluationState.Error =>
                new(true, Reasons.EvaluationError, status.Message!),
            RolloutPhase.Stable => new(false, Reasons.Stable, "nothing is left to do"),
            RolloutPhase.Paused => new(false, Reasons.RolloutPaused, "the rollout waits at a pause, as asked for"),
            _ => new(false, Reasons.RolloutInProgress, "the operator is on its way to what the spec asks for"),
        };
    }

    private static string StalledReason(Scope scope) => scope switch
    {
        { Status.StableRevision: not null } => Reasons.StableLost,
        { Status.Evaluation.State: EvaluationState.Failed } => Reasons.EvaluationFailed,
        _ => scope.Find(scope.Wanted)?.Failure?.Reason ?? Reasons.ProgressDeadlineExceeded,
    };

    private static bool MissingPods(Scope scope) => (scope.Find(scope.Status.StableRevision)?.ReadyReplicas ?? 0) < scope.Replicas;
}
