namespace ModelOperator.Kubernetes.Entities;

/// <summary>apps/v1 Deployment, as far as it is read.</summary>
public sealed class Deployment : KubernetesObject, ISpec<DeploymentSpec>, IStatus<DeploymentStatus>
{
    public DeploymentSpec Spec { get; set; } = new();
    public DeploymentStatus? Status { get; set; }
}

public sealed class DeploymentSpec
{
    public int? Replicas { get; set; }

    /// <summary>Nobody can change it, not even an administrator.</summary>
    public LabelSelector? Selector { get; set; }
    public DeploymentTemplate? Template { get; set; }
}

public sealed class DeploymentTemplate
{
    public DeploymentTemplateMeta? Metadata { get; set; }
}

public sealed class DeploymentTemplateMeta
{
    public Dictionary<string, string>? Annotations { get; set; }
}

public sealed class LabelSelector
{
    public Dictionary<string, string>? MatchLabels { get; set; }
}

public sealed class DeploymentStatus
{
    public int? ReadyReplicas { get; set; }

    /// <summary>Available, Progressing, ReplicaFailure.</summary>
    public List<Condition>? Conditions { get; set; }
}
