namespace ModelOperator.Kubernetes.Entities;

/// <summary>policy PodDisruptionBudget.</summary>
public sealed class PodDisruptionBudget : KubernetesObject;
