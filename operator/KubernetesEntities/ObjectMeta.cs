using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>The metadata every object has; only what the project reads or writes.</summary>
public sealed class ObjectMeta
{
    public string Name { get; set; } = "";
    public string? GenerateName { get; set; }
    public string? Namespace { get; set; }
    public string? Uid { get; set; }
    public string? ResourceVersion { get; set; }
    public long? Generation { get; set; }
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? CreationTimestamp { get; set; }
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeletionTimestamp { get; set; }

    /// <summary>How long before <see cref="DeletionTimestamp"/> it was told to end.</summary>
    public long? DeletionGracePeriodSeconds { get; set; }

    public Dictionary<string, string>? Labels { get; set; }
    public Dictionary<string, string>? Annotations { get; set; }
    public List<OwnerReference>? OwnerReferences { get; set; }
    public List<string>? Finalizers { get; set; }
}

/// <summary>Points from a dependent object to its owner; the garbage collector deletes dependents of deleted owners.</summary>
public sealed class OwnerReference
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public string Name { get; set; } = "";
    public string Uid { get; set; } = "";

    /// <summary>True for the one owner that manages the object.</summary>
    public bool? Controller { get; set; }

    /// <summary>True to hold back a foreground deletion of the owner until this object is gone.</summary>
    public bool? BlockOwnerDeletion { get; set; }
}

/// <summary>A standard condition, as metav1.Condition.</summary>
public sealed class Condition
{
    /// <summary>What the condition is about.</summary>
    [Required, Length(1, 316)]
    public string Type { get; set; } = "";

    /// <summary>True, False or Unknown.</summary>
    [Required, Pattern("^(True|False|Unknown)$"), Length(maxLength: 7)]
    public string Status { get; set; } = "Unknown";

    /// <summary>The metadata.generation the condition was computed from.</summary>
    [RangeMinimum(0)]
    public long? ObservedGeneration { get; set; }

    /// <summary>When the status last changed; a changed reason or message does not move it.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? LastTransitionTime { get; set; }

    /// <summary>CamelCase word a program can act on.</summary>
    [Length(maxLength: 1024)]
    public string Reason { get; set; } = "";

    /// <summary>A sentence for people.</summary>
    [Length(maxLength: 32768)]
    public string Message { get; set; } = "";
}
