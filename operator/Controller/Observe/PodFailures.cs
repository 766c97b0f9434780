using ModelOperator.Api;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Observe;

/// <summary>Says in words a person understands why a pod is not ready.</summary>
internal static class PodFailures
{
    /// <summary>The failure to show of several pods: one of the container's own before one of placement, the oldest pod's first.</summary>
    public static PodFailure? OfAny(IEnumerable<Pod> pods)
    {
        PodFailure? placement = null;
        foreach (Pod pod in pods
            .OrderBy(pod => pod.Metadata.CreationTimestamp)
            .ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal))
        {
            if (Of(pod) is { } failure)
            {
                if (failure.Reason != Reasons.Unschedulable)
                {
                    return failure;
                }

                placement ??= failure;
            }
        }

        return placement;
    }

    /// <summary>What keeps a Deployment's pods from being made; null when nothing does.</summary>
    public static PodFailure? OfRefused(Deployment deployment) =>
        deployment.Status?.Conditions?.Find(condition => condition is { Type: "ReplicaFailure", Status: "True" }) is { } condition
            ? OfRefusal($"the API server refuses the pods: {condition.Message}")
            : null;

    /// <summary>
    /// What the API server says when it refuses pods. A quota that is used up leaves no room for a pod, as a full node does: there is
    /// nothing wrong with the pod.
    /// </summary>
    public static PodFailure OfRefusal(string message) => new(
        message.Contains("exceeded quota", StringComparison.Ordinal) ? Reasons.Unschedulable : Reasons.PodsRefused,
        StatusLimits.Shorten(message));

    /// <summary>Null when the pod is ready, on its way out, or may still become ready.</summary>
    public static PodFailure? Of(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null || pod.IsReady())
        {
            return null;
        }

        IEnumerable<ContainerStatus> containers = [.. pod.Status?.InitContainerStatuses ?? [], .. pod.Status?.ContainerStatuses ?? []];
        return containers.Select(OfContainer).FirstOrDefault(failure => failure is not null)
            ?? OfPlacement(pod)
            ?? OfPod(pod);
    }

    private static PodFailure? OfContainer(ContainerStatus container)
    {
        // A container that crashed is shown as waiting, running or terminated by turns: what it said last stays true.
        if ((container.State?.Terminated ?? container.LastState?.Terminated) is { } end && end.ExitCode != 0 && !container.Ready)
        {
            return OfEnd(container.Name, end);
        }

        return container.State?.Waiting switch
        {
            { Reason: "ImagePullBackOff" or "ErrImagePull" or "InvalidImageName" or "ErrImageNeverPull" or "ImageInspectError" } waiting =>
                new PodFailure(
                    Reasons.ImagePullFailed,
                    $"image {container.Image} of container {container.Name} cannot be pulled: {Detail(waiting)}"),
            { Reason: "CreateContainerConfigError" or "CreateContainerError" or "RunContainerError" } waiting =>
                new PodFailure(waiting.Reason, $"container {container.Name} cannot be started: {Detail(waiting)}"),
            { Reason: "CrashLoopBackOff" } waiting =>
                new PodFailure(Reasons.ContainerCrashLoop, $"container {container.Name} keeps ending: {Detail(waiting)}"),
            _ => null,
        };
    }

    private static PodFailure OfEnd(string container, ContainerStateTerminated end)
    {
        if (TerminationMessage.Parse(end.Message) is { } told)
        {
            return new PodFailure(told.Reason, StatusLimits.Shorten(told.Message));
        }

        string how = end.Reason == "OOMKilled"
            ? "was killed for using more memory than its limit"
            : $"ended with exit code {end.ExitCode}";
        string last = LastLine(end.Message) is { } line ? $": {line}" : "";
        return new PodFailure(Reasons.ContainerCrashLoop, StatusLimits.Shorten($"container {container} {how}{last}"));
    }

    private static PodFailure? OfPlacement(Pod pod) =>
        pod.Status?.Conditions?.Find(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } condition
            ? new PodFailure(Reasons.Unschedulable, Unschedulable.Explain(condition.Message))
            : null;

    private static PodFailure? OfPod(Pod pod) => pod.Status is { Phase: "Failed" } status
        ? new PodFailure(
            string.IsNullOrEmpty(status.Reason) ? Reasons.ContainerCrashLoop : status.Reason,
            StatusLimits.Shorten($"pod {pod.Metadata.Name} failed: {status.Message ?? status.Reason ?? "no reason given"}"))
        : null;

    private static string Detail(ContainerStateWaiting waiting) =>
        StatusLimits.Shorten(
            string.IsNullOrWhiteSpace(waiting.Message) ? waiting.Reason ?? "no reason given" : waiting.Message,
            StatusLimits.Message / 2);

    private static string? LastLine(string? text) =>
        text?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
}
