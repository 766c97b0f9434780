namespace ModelOperator.Kubernetes.Entities;

/// <summary>v1 Pod, as far as it is read.</summary>
public sealed class Pod : KubernetesObject, ISpec<PodSpec>, IStatus<PodStatus>
{
    public PodSpec Spec { get; set; } = new();
    public PodStatus? Status { get; set; }

    /// <summary>May be sent requests: it says so itself, has an address and is not on its way out.</summary>
    public bool IsReady() =>
        Metadata.DeletionTimestamp is null
        && !string.IsNullOrEmpty(Status?.PodIP)
        && Status.Conditions?.Exists(c => c is { Type: "Ready", Status: "True" }) == true;
}

public sealed class PodSpec
{
    public List<Container>? Containers { get; set; }
    public List<Volume>? Volumes { get; set; }
}

public sealed class Volume
{
    public string Name { get; set; } = "";
}

public sealed class Container
{
    public string Name { get; set; } = "";
    public List<ContainerPort>? Ports { get; set; }
}

public sealed class ContainerPort
{
    public string? Name { get; set; }

    [System.Text.Json.Serialization.JsonPropertyName("containerPort")]
    public int Number { get; set; }
}
