namespace ModelOperator.Kubernetes.Entities;

/// <summary>v1 ServiceAccount.</summary>
public sealed class ServiceAccount : KubernetesObject
{
    public bool? AutomountServiceAccountToken { get; set; }
}

/// <summary>rbac.authorization.k8s.io/v1 RoleBinding.</summary>
public sealed class RoleBinding : KubernetesObject
{
    public RoleRef RoleRef { get; set; } = new();
    public List<RbacSubject>? Subjects { get; set; }
}

public sealed class RoleRef
{
    public string ApiGroup { get; set; } = "";
    public string Kind { get; set; } = "";
    public string Name { get; set; } = "";
}

public sealed class RbacSubject
{
    public string? ApiGroup { get; set; }
    public string Kind { get; set; } = "";
    public string Name { get; set; } = "";
    public string? Namespace { get; set; }
}
