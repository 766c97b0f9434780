using System.Text.Json.Nodes;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>apiextensions.k8s.io/v1 CustomResourceDefinition.</summary>
public sealed class CustomResourceDefinition : KubernetesObject, IStatus<CustomResourceDefinitionStatus>
{
    /// <summary>The definition as JSON; schemas nest without end.</summary>
    public JsonObject Spec { get; set; } = [];

    public CustomResourceDefinitionStatus? Status { get; set; }
}

public sealed class CustomResourceDefinitionStatus
{
    /// <summary>Established once the server serves the type.</summary>
    public List<Condition>? Conditions { get; set; }
}
