namespace ModelOperator.Kubernetes.Entities;

/// <summary>v1 Secret.</summary>
public sealed class Secret : KubernetesObject
{
    public string? Type { get; set; }
    public bool? Immutable { get; set; }

    /// <summary>The values; base64 on the wire.</summary>
    public Dictionary<string, byte[]>? Data { get; set; }
}
