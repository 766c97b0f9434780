using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>batch/v1 Job.</summary>
public sealed class Job : KubernetesObject, ISpec<JobSpec>, IStatus<JobStatus>
{
    public JobSpec Spec { get; set; } = new();
    public JobStatus? Status { get; set; }

    /// <summary>Every pod it was to run has ended well.</summary>
    [JsonIgnore]
    public bool IsComplete => Status?.Conditions?.Exists(c => c is { Type: "Complete", Status: "True" }) == true;

    /// <summary>The condition that says why it was given up; null while it was not.</summary>
    [JsonIgnore]
    public Condition? Failure => Status?.Conditions?.Find(c => c is { Type: "Failed", Status: "True" });
}

public sealed class JobSpec
{
    public int? BackoffLimit { get; set; }
    public int? Parallelism { get; set; }
    public long? ActiveDeadlineSeconds { get; set; }
    public PodTemplateSpec Template { get; set; } = new();
}

public sealed class JobStatus
{
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartTime { get; set; }

    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? CompletionTime { get; set; }

    public int? Active { get; set; }
    public int? Succeeded { get; set; }
    public int? Failed { get; set; }

    /// <summary>Complete, Failed, Suspended.</summary>
    public List<Condition>? Conditions { get; set; }
}
