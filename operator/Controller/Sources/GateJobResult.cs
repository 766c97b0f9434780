using System.Text;
using ModelOperator.Analysis;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Sources;

/// <summary>
/// Reads what a Job guardrail's Job and its pod say. A verdict is what the check itself said, by its exit code or its termination message;
/// what was done to it (never started, evicted, killed, out of time) is no data.
/// </summary>
internal static class GateJobResult
{
    // Reasons the kubelet gives for containers that the check's own code never ran in, or did not end by itself.
    private static readonly string[] NotItsOwnEnd = ["StartError", "ContainerCannotRun", "ContainerStatusUnknown", "OOMKilled"];

    private static readonly TimeSpan NoPodYet = TimeSpan.FromSeconds(30);

    /// <summary>What it says at this time.</summary>
    /// <param name="job">The Job of this very run; null while there is none.</param>
    /// <param name="pods">The pods it owns.</param>
    /// <param name="deciding">Name of the container that gives the verdict.</param>
    /// <param name="now">When this is read.</param>
    public static GateAnswer Read(Job? job, IReadOnlyList<Pod> pods, string? deciding, DateTimeOffset now)
    {
        var answer = new GateAnswer { At = now };
        if (job is null)
        {
            return answer;
        }

        Pod? pod = pods.OrderBy(p => p.Metadata.CreationTimestamp).LastOrDefault();
        if (job.Failure is { Reason: "DeadlineExceeded" })
        {
            string waited = pod is null ? "" : Waiting(pod) is { } waiting ? $"; its pod did not run: {waiting}" : "";
            return answer with
            {
                Problem =
                    $"Job {job.Metadata.Name} did not end within {job.Spec.ActiveDeadlineSeconds} seconds{waited}; "
                    + "delete it to run it again",
            };
        }

        if (pod is null)
        {
            return Without(job, answer);
        }

        return Interruption(pod, deciding) is { } interruption
            ? answer with
            {
                Problem = $"pod {pod.Metadata.Name} was ended from outside: {interruption}; delete Job {job.Metadata.Name} to run it again",
            }
            : Judge(pod, deciding, answer);
    }

    private static GateAnswer Without(Job job, GateAnswer answer)
    {
        if (job.IsComplete || job.Failure is not null)
        {
            return answer with
            {
                Problem = $"Job {job.Metadata.Name} has ended and its pod is gone before it was read; delete the Job to run it again",
            };
        }

        return answer.At - job.Metadata.CreationTimestamp >= NoPodYet
            ? answer with { Problem = $"Job {job.Metadata.Name} has no pod: kubectl describe job says why" }
            : answer;
    }

    /// <summary>What ended the pod from outside; null when nothing did.</summary>
    private static string? Interruption(Pod pod, string? deciding)
    {
        // The kubelet and the scheduler give a failed pod a reason; a container that fails does not.
        if (pod.Status is { Phase: "Failed", Reason.Length: > 0 } status)
        {
            return OneLine.Of($"{status.Reason}: {status.Message}", 256);
        }

        if (pod.Status?.Conditions?.Find(condition => condition is { Type: "DisruptionTarget", Status: "True" }) is { } disruption)
        {
            return OneLine.Of($"{disruption.Reason}: {disruption.Message}", 256);
        }

        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return "it was deleted";
        }

        return pod.Status?.InitContainerStatuses?.Find(Failed) is { State.Terminated: { } init } failed
            ? $"init container {failed.Name} ended with exit code {init.ExitCode}"
            : pod.Status?.ContainerStatuses?.Find(
                container => container.Name == deciding && NotItsOwnEnd.Contains(container.State?.Terminated?.Reason)) is { } killed
                ? $"container {killed.Name}: {OneLine.Of($"{killed.State!.Terminated!.Reason}: {killed.State.Terminated.Message}", 256)}"
                : null;
    }

    private static GateAnswer Judge(Pod pod, string? deciding, GateAnswer answer)
    {
        if (pod.Status?.ContainerStatuses?.Find(container => container.Name == deciding) is not { State.Terminated: { } end } container)
        {
            return answer with { Problem = Waiting(pod) is { } waiting ? $"pod {pod.Metadata.Name} has not run yet: {waiting}" : null };
        }

        VerdictMessage said = Said(container.Name, end);
        return answer with { Verdict = said.Verdict, Message = said.Message };
    }

    private static VerdictMessage Said(string container, ContainerStateTerminated end)
    {
        if (end.Message?.Trim() is ['{', ..] json && VerdictMessage.Parse(Encoding.UTF8.GetBytes(json), out _) is { } said)
        {
            // It has ended: nothing more is to come.
            return said.Verdict == Verdict.Continue ? said with { Verdict = Verdict.Inconclusive } : said;
        }

        string? last = end.Message?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        string words = last is null ? "" : $": {OneLine.Of(last, 512)}";
        return end.ExitCode == 0
            ? new VerdictMessage(Verdict.Safe, last is null ? null : OneLine.Of(last, 512))
            : new VerdictMessage(Verdict.Harmful, $"container {container} ended with exit code {end.ExitCode}{words}");
    }

    private static bool Failed(ContainerStatus container) => container.State?.Terminated is { ExitCode: not 0 };

    /// <summary>What keeps the pod from running; null when nothing is known to.</summary>
    private static string? Waiting(Pod pod)
    {
        if (pod.Status?.Conditions?.Find(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } placement)
        {
            return OneLine.Of(placement.Message, 256);
        }

        return new[] { pod.Status?.InitContainerStatuses, pod.Status?.ContainerStatuses }
            .SelectMany(containers => containers ?? [])
            .Select(container => container.State?.Waiting)
            .Where(waiting => waiting is { Reason: not (null or "ContainerCreating" or "PodInitializing") })
            .Select(waiting => OneLine.Of($"{waiting!.Reason}: {waiting.Message}", 256))
            .FirstOrDefault();
    }
}
