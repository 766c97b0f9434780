using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>Where ModelDeployments live in the API, and how they are read and written.</summary>
public static class ModelDeploymentResource
{
    /// <summary>The resource type, for the client and the caches.</summary>
    public static ResourceType<ModelDeployment> Type { get; } = new(
        ModelDeployment.Group,
        ModelDeployment.Version,
        ModelDeployment.KindName,
        ModelDeployment.Plural,
        Namespaced: true,
        ApiJsonContext.Default.ModelDeployment);
}
