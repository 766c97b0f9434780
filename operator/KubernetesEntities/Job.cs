using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>batch/v1 Job, as far as it is read.</summary>
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
    public int? Parallelism { get; set; }
    public long? ActiveDeadlineSeconds { get; set; }
}

public sealed class JobStatus
{
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? CompletionTime { get; set; }

    /// <summary>Complete, Failed, Suspended.</summary>
    public List<Condition>? Conditions { get; set; }
}
