namespace ModelOperator.Kubernetes.Entities;

/// <summary>v1 ConfigMap.</summary>
public sealed class ConfigMap : KubernetesObject
{
    public Dictionary<string, string>? Data { get; set; }
    public Dictionary<string, byte[]>? BinaryData { get; set; }
}
