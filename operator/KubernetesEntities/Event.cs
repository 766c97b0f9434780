using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>events.k8s.io/v1 Event: what <c>kubectl describe</c> shows, in the newer of its two representations.</summary>
public sealed class Event : KubernetesObject
{
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; set; }

    public EventSeries? Series { get; set; }
    public string? ReportingController { get; set; }
    public string? ReportingInstance { get; set; }

    /// <summary>What was done, in a CamelCase word.</summary>
    public string? Action { get; set; }

    /// <summary>Why, in a CamelCase word.</summary>
    public string? Reason { get; set; }

    public ObjectReference? Regarding { get; set; }

    /// <summary>A sentence for people, at most 1024 bytes.</summary>
    public string? Note { get; set; }

    /// <summary>Normal or Warning.</summary>
    public string? Type { get; set; }
}

/// <summary>The same event again.</summary>
public sealed class EventSeries
{
    public int Count { get; set; }

    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; set; }
}
