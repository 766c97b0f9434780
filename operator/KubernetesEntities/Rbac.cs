namespace ModelOperator.Kubernetes.Entities;

/// <summary>v1 ServiceAccount.</summary>
public sealed class ServiceAccount : KubernetesObject;

/// <summary>rbac.authorization.k8s.io/v1 ClusterRoleBinding.</summary>
public sealed class ClusterRoleBinding : KubernetesObject;

/// <summary>rbac.authorization.k8s.io/v1 RoleBinding.</summary>
public sealed class RoleBinding : KubernetesObject;
