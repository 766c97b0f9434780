namespace ModelOperator.Kubernetes.Entities;

/// <summary>v1 Namespace.</summary>
public sealed class Namespace : KubernetesObject, IStatus<NamespaceStatus>
{
    public NamespaceStatus? Status { get; set; }
}

public sealed class NamespaceStatus
{
    /// <summary>Active or Terminating.</summary>
    public string? Phase { get; set; }
}
