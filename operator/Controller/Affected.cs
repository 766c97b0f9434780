using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller;

/// <summary>Which ModelDeployments have to be looked at when an object of ours changes.</summary>
internal static class Affected
{
    /// <summary>A revision's Deployment is its model's; the router's is everybody's in the namespace.</summary>
    public static IEnumerable<EntityKey> ByDeployment(Deployment deployment, IEntityStore<ModelDeployment> models) =>
        deployment.Metadata.Name == RouterNames.Router ? Everybody(deployment, models) : ByLabel(deployment);

    /// <summary>A Service, the model's own or a revision's, is its model's.</summary>
    public static IEnumerable<EntityKey> ByService(Service service) => ByLabel(service);

    /// <summary>A Job is its model's.</summary>
    public static IEnumerable<EntityKey> ByJob(Job job) => ByLabel(job);

    /// <summary>A serving pod is its model's; a router pod is everybody's in the namespace.</summary>
    public static IEnumerable<EntityKey> ByPod(Pod pod, IEntityStore<ModelDeployment> models) =>
        pod.Metadata.Labels?.GetValueOrDefault(Labels.Component) == Labels.RouterComponent ? Everybody(pod, models) : ByLabel(pod);

    private static IEnumerable<EntityKey> Everybody(KubernetesObject changed, IEntityStore<ModelDeployment> models) =>
        models.List(changed.Metadata.Namespace).Select(EntityKey.Of);

    private static IEnumerable<EntityKey> ByLabel(KubernetesObject changed) =>
        changed.Metadata.Labels?.GetValueOrDefault(Labels.Model) is { Length: > 0 } model
            ? [new EntityKey(changed.Metadata.Namespace, model)]
            : [];
}
