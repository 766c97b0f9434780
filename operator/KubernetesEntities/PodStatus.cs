using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Entities;

public sealed class PodStatus
{
    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string? Phase { get; set; }

    /// <summary>PodScheduled, Initialized, ContainersReady, Ready.</summary>
    public List<Condition>? Conditions { get; set; }

    public string? Reason { get; set; }
    public string? Message { get; set; }
    public string? PodIP { get; set; }

    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartTime { get; set; }

    public List<ContainerStatus>? InitContainerStatuses { get; set; }
    public List<ContainerStatus>? ContainerStatuses { get; set; }
}

public sealed class ContainerStatus
{
    public string Name { get; set; } = "";
    public bool Ready { get; set; }
    public string? Image { get; set; }

    /// <summary>What it is doing now.</summary>
    public ContainerState? State { get; set; }

    /// <summary>How it ended the time before.</summary>
    public ContainerState? LastState { get; set; }
}

/// <summary>One of the three is set.</summary>
public sealed class ContainerState
{
    public ContainerStateWaiting? Waiting { get; set; }
    public ContainerStateRunning? Running { get; set; }
    public ContainerStateTerminated? Terminated { get; set; }
}

public sealed class ContainerStateWaiting
{
    /// <summary>Such as CrashLoopBackOff, ImagePullBackOff, CreateContainerConfigError.</summary>
    public string? Reason { get; set; }

    public string? Message { get; set; }
}

public sealed class ContainerStateRunning
{
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartedAt { get; set; }
}

public sealed class ContainerStateTerminated
{
    public int ExitCode { get; set; }

    /// <summary>Such as Completed, Error, OOMKilled.</summary>
    public string? Reason { get; set; }

    /// <summary>What the container wrote to its termination message path.</summary>
    public string? Message { get; set; }

    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartedAt { get; set; }

    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? FinishedAt { get; set; }
}
