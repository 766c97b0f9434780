using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Observe;

/// <summary>Where an evaluation's Job is.</summary>
/// <param name="StartedAt">When its pod began; null before.</param>
/// <param name="EndedAt">When it ended; null before.</param>
/// <param name="Report">All it has counted; null unless it has come to its end.</param>
/// <param name="Problem">What keeps it from beginning, or why it ended without a report.</param>
/// <param name="Running">The pod that can be asked how far it is.</param>
internal sealed record EvaluationResult(
    DateTimeOffset? StartedAt = null, DateTimeOffset? EndedAt = null, EvaluationReport? Report = null,
    string? Problem = null, Pod? Running = null)
{
    // What another try would come to as well.
    private static readonly string[] Final =
    [
        FailureReasons.DatasetNotFound, FailureReasons.DatasetInvalid, FailureReasons.DigestMismatch, FailureReasons.NoLabels,
        FailureReasons.CredentialsMissing, FailureReasons.InvalidConfiguration,
    ];

    /// <summary>Reads it off the Job and its pods.</summary>
    public static EvaluationResult Read(Job job, IReadOnlyList<Pod> pods)
    {
        List<Pod> newest = [.. pods.OrderByDescending(pod => pod.Metadata.CreationTimestamp)
            .ThenByDescending(pod => pod.Metadata.Name, StringComparer.Ordinal)];
        DateTimeOffset? startedAt = newest.Select(StartOf).Where(time => time is not null).Min();
        foreach (Pod pod in newest)
        {
            if (EndOf(pod) is { } end && Read(end) is { } result)
            {
                return result with { StartedAt = end.StartedAt ?? startedAt };
            }
        }

        PodFailure? last = newest.Select(pod => EndOf(pod) is { ExitCode: not 0 } end ? Failure(end) : null)
            .FirstOrDefault(failure => failure is not null);
        string why = last is null ? "" : $"; the last try: {last.Reason}: {last.Message}";
        if (job.Failure is { } failed)
        {
            return new EvaluationResult(
                startedAt,
                failed.LastTransitionTime ?? job.Status?.CompletionTime ?? job.Metadata.CreationTimestamp,
                Problem: failed.Reason == "DeadlineExceeded"
                    ? $"it did not end within {job.Spec.ActiveDeadlineSeconds} seconds, its deadlineSeconds{why}"
                    : $"its pod failed {newest.Count} times{why}");
        }

        if (job.IsComplete)
        {
            return new EvaluationResult(
                startedAt,
                job.Status?.CompletionTime ?? job.Metadata.CreationTimestamp,
                Problem: "its pod has ended and is gone, and its result with it");
        }

        return newest.Count == 0 ? new EvaluationResult() : Pending(newest[0], last);
    }

    private static EvaluationResult Pending(Pod pod, PodFailure? last)
    {
        if (StateOf(pod)?.Running is { } running && pod.Metadata.DeletionTimestamp is null)
        {
            return new EvaluationResult(running.StartedAt ?? pod.Status?.StartTime, Running: pod);
        }

        PodFailure? problem = (EndOf(pod) is null ? PodFailures.Of(pod) : null) ?? last;
        return new EvaluationResult(Problem: problem is null ? null : $"{problem.Reason}: {problem.Message}");
    }

    /// <summary>What the end of a container says for good; null when another try may say more.</summary>
    private static EvaluationResult? Read(ContainerStateTerminated end)
    {
        if (end.ExitCode != 0)
        {
            return Failure(end) is { } failure && Final.Contains(failure.Reason)
                ? new EvaluationResult(EndedAt: end.FinishedAt, Problem: $"{failure.Reason}: {failure.Message}")
                : null;
        }

        return EvaluationReportReader.Read(end.Message, out string? fault) is { IsComplete: true } report
            ? new EvaluationResult(EndedAt: end.FinishedAt, Report: report)
            : new EvaluationResult(EndedAt: end.FinishedAt, Problem: $"its result cannot be used: {fault ?? "it is not of all rows"}");
    }

    private static PodFailure Failure(ContainerStateTerminated end) =>
        TerminationMessage.Parse(end.Message) is { } told
            ? new PodFailure(told.Reason, StatusLimits.Shorten(told.Message, StatusLimits.Message / 2))
            : new PodFailure(end.Reason ?? "Error", $"container {EvaluationJob.Container} ended with exit code {end.ExitCode}");

    private static DateTimeOffset? StartOf(Pod pod) => StateOf(pod) switch
    {
        { Running: { } running } => running.StartedAt,
        { Terminated: { } end } => end.StartedAt,
        _ => null,
    };

    private static ContainerStateTerminated? EndOf(Pod pod) => StateOf(pod)?.Terminated;

    private static ContainerState? StateOf(Pod pod) =>
        pod.Status?.ContainerStatuses?.Find(container => container.Name == EvaluationJob.Container)?.State;
}
