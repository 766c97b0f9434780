using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller.Observe;

/// <summary>
/// Finds the Deployments of a model's revisions. One that has traffic and is missing in the cache is asked for once more: without our label
/// the cache does not see it, and to take it for deleted would cost the stable revision its place.
/// </summary>
internal sealed class RevisionFinder(IKubernetesClient client, IEntityStore<Deployment> deployments)
{
    public async Task<IReadOnlyList<Deployment>> FindAsync(ModelDeployment model, CancellationToken cancellationToken)
    {
        List<Deployment> found =
        [
            .. deployments.List(model.Metadata.Namespace).Where(deployment => RevisionDeployment.RevisionOf(model, deployment) is not null),
        ];
        foreach (string revision in InUse(model.Status))
        {
            string name = RevisionDeployment.NameOf(model.Metadata.Name, revision);
            if (!found.Exists(deployment => deployment.Metadata.Name == name)
                && await client.GetAsync(Resources.Deployments, model.Metadata.Namespace, name, cancellationToken) is { } hidden
                && RevisionDeployment.RevisionOf(model, hidden) == revision)
            {
                found.Add(hidden);
            }
        }

        return found;
    }

    private static IEnumerable<string> InUse(ModelDeploymentStatus? status) =>
        new[] { status?.StableRevision, status?.CanaryRevision }
            .OfType<string>()
            .Concat(status?.Routing?.Targets.Select(target => target.Revision) ?? [])
            .Distinct(StringComparer.Ordinal);
}
