namespace ModelOperator.Kubernetes.Entities;

/// <summary>v1 Service.</summary>
public sealed class Service : KubernetesObject;
