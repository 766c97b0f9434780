using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Tells people, through Kubernetes Events, what happened to an object.</summary>
public interface IEventRecorder
{
    /// <summary>Returns at once; what cannot be written in time is dropped.</summary>
    /// <param name="entity">The object it happened to; its kind and uid must be known.</param>
    /// <param name="reason">Why, as a CamelCase word of at most 128 characters.</param>
    /// <param name="message">A sentence for people; cut after 1024 bytes.</param>
    /// <param name="type">Whether somebody should look.</param>
    /// <param name="action">What was done, as a CamelCase word of at most 128 characters.</param>
    void Record(KubernetesObject entity, string reason, string message, EventType type, string action);
}

/// <summary>Whether an event calls for attention.</summary>
public enum EventType
{
    Normal,
    Warning,
}

/// <summary>How events are written.</summary>
public sealed record EventRecorderOptions
{
    /// <summary>Who reports, as a qualified name such as <c>model-operator</c>.</summary>
    public required string Controller { get; init; }

    /// <summary>The process that reports, such as the pod's name.</summary>
    public required string Instance { get; init; }

    /// <summary>Events that may wait to be written; more are dropped.</summary>
    public int Capacity { get; init; } = 1000;

    /// <summary>New events an object may have at once.</summary>
    public int Burst { get; init; } = 100;

    /// <summary>Time in which an object may have one more.</summary>
    public TimeSpan RefillPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same event within this time of the last is one more of a series.</summary>
    public TimeSpan SeriesWindow { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>A series' count is written at most this often.</summary>
    public TimeSpan SeriesUpdatePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Series and objects remembered.</summary>
    public int Remembered { get; init; } = 4096;
}
