namespace ModelOperator.Kubernetes.Entities;

/// <summary>networking.k8s.io/v1 NetworkPolicy.</summary>
public sealed class NetworkPolicy : KubernetesObject;
