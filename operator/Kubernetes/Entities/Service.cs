namespace ModelOperator.Kubernetes.Entities;

/// <summary>v1 Service.</summary>
public sealed class Service : KubernetesObject, ISpec<ServiceSpec>
{
    public ServiceSpec Spec { get; set; } = new();
}

public sealed class ServiceSpec
{
    public string? Type { get; set; }
    public string? ClusterIP { get; set; }
    public Dictionary<string, string>? Selector { get; set; }
    public List<ServicePort>? Ports { get; set; }
}

public sealed class ServicePort
{
    public string? Name { get; set; }
    public string? Protocol { get; set; }
    public int Port { get; set; }

    /// <summary>Number or name of the container's port.</summary>
    public IntOrString? TargetPort { get; set; }
}
