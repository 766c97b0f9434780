namespace ModelOperator.Kubernetes.Entities;

/// <summary>v1 Node.</summary>
public sealed class Node : KubernetesObject, ISpec<NodeSpec>, IStatus<NodeStatus>
{
    public NodeSpec Spec { get; set; } = new();
    public NodeStatus? Status { get; set; }
}

public sealed class NodeSpec
{
    public bool? Unschedulable { get; set; }
}

public sealed class NodeStatus
{
    /// <summary>What pods may ask for, as quantities: <c>cpu: "4"</c>, <c>nvidia.com/gpu: "1"</c>.</summary>
    public Dictionary<string, string>? Allocatable { get; set; }

    public List<Condition>? Conditions { get; set; }
}
