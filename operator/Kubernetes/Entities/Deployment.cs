namespace ModelOperator.Kubernetes.Entities;

/// <summary>apps/v1 Deployment.</summary>
public sealed class Deployment : KubernetesObject, ISpec<DeploymentSpec>, IStatus<DeploymentStatus>
{
    public DeploymentSpec Spec { get; set; } = new();
    public DeploymentStatus? Status { get; set; }
}

public sealed class DeploymentSpec
{
    public int? Replicas { get; set; }
    public LabelSelector? Selector { get; set; }
    public PodTemplateSpec Template { get; set; } = new();
    public int? ProgressDeadlineSeconds { get; set; }
    public bool? Paused { get; set; }
}

public sealed class DeploymentStatus
{
    /// <summary>The metadata.generation the counts below answer to.</summary>
    public long? ObservedGeneration { get; set; }

    public int? Replicas { get; set; }
    public int? UpdatedReplicas { get; set; }
    public int? ReadyReplicas { get; set; }
    public int? AvailableReplicas { get; set; }
    public int? UnavailableReplicas { get; set; }

    /// <summary>Available, Progressing, ReplicaFailure.</summary>
    public List<Condition>? Conditions { get; set; }
}

public sealed class LabelSelector
{
    public Dictionary<string, string>? MatchLabels { get; set; }
}

public sealed class PodTemplateSpec
{
    public ObjectMeta? Metadata { get; set; }
    public PodSpec? Spec { get; set; }
}
