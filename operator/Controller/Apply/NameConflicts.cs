using System.Collections.Concurrent;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller.Apply;

/// <summary>Finds objects that have the names we need and are somebody else's: those are never taken over.</summary>
internal sealed class NameConflicts(IKubernetesClient client, IEntityStore<Deployment> deployments, IEntityStore<Service> services)
{
    // Our caches hold what carries our label; these types have no cache, so a name once found free or ours is not asked for again for the same model.
    private readonly ConcurrentDictionary<string, bool> _isOurs = new(StringComparer.Ordinal);

    /// <summary>One sentence that names the first such object; null when there is none.</summary>
    public async Task<string?> FindAsync(ModelDeployment model, string wantedRevision, CancellationToken cancellationToken)
    {
        string @namespace = model.Metadata.Namespace!;
        string revisionName = RevisionDeployment.NameOf(model.Metadata.Name, wantedRevision);
        return await InCacheOrOursAsync(Resources.Services, services, @namespace, model.Metadata.Name, cancellationToken)
            ?? await InCacheOrOursAsync(Resources.Deployments, deployments, @namespace, RouterNames.Router, cancellationToken)
            ?? await InCacheOrOursAsync(Resources.Deployments, deployments, @namespace, revisionName, cancellationToken)
            ?? await UncachedAsync(model, cancellationToken);
    }

    public void Forget(ModelDeployment model) => _isOurs.TryRemove(model.Metadata.Uid!, out _);

    private async Task<string?> InCacheOrOursAsync<T>(
        ResourceType<T> type, IEntityStore<T> cache, string @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        cache.Get(@namespace, name) is null ? await OursAsync(type, @namespace, name, cancellationToken) : null;

    private async Task<string?> UncachedAsync(ModelDeployment model, CancellationToken cancellationToken)
    {
        if (_isOurs.ContainsKey(model.Metadata.Uid!))
        {
            return null;
        }

        string @namespace = model.Metadata.Namespace!;
        string? conflict = await OursAsync(Resources.ServiceAccounts, @namespace, RouterNames.Router, cancellationToken)
            ?? await OursAsync(Resources.RoleBindings, @namespace, RouterNames.Router, cancellationToken)
            ?? await OursAsync(Resources.Secrets, @namespace, NamespaceKeys.SecretName, cancellationToken)
            ?? await OursAsync(Resources.ConfigMaps, @namespace, ModelDigests.Name, cancellationToken);
        if (conflict is null)
        {
            _isOurs[model.Metadata.Uid!] = true;
        }

        return conflict;
    }

    private static bool IsOurs(KubernetesObject there) =>
        Owners.IsOurs(there)
        || (there is Deployment deployment && deployment.Spec.Selector?.MatchLabels?.GetValueOrDefault(Labels.ManagedBy) == Labels.Operator);

    private async Task<string?> OursAsync<T>(ResourceType<T> type, string @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        await client.GetAsync(type, @namespace, name, cancellationToken) is { } there
        && !IsOurs(there)
            ? $"{type.Kind} {name} exists in namespace {@namespace} and is not the operator's: rename or delete it, "
                + $"or label it {Labels.ManagedBy}={Labels.Operator} to hand it over"
            : null;
}
