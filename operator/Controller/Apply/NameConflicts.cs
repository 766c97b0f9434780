using System.Collections.Concurrent;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller.Apply;

/// <summary>Finds objects that have the names we need and are somebody else's: those are never taken over.</summary>
internal sealed class NameConflicts(
    IKubernetesClient client, IEntityStore<Deployment> deployments, IEntityStore<Service> services, TimeProvider timeProvider)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    // Our caches hold what carries our label; these types have no cache. All models of a namespace share the names, so what was found free
    // or ours for one is not asked for again for the others: when the names were last found so, by namespace.
    private readonly ConcurrentDictionary<string, long> _oursSince = new(StringComparer.Ordinal);

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

    /// <summary>Whoever takes a name once its last model has gone keeps it: the next model is looked at anew.</summary>
    public void Forget(ModelDeployment model) => _oursSince.TryRemove(model.Metadata.Namespace!, out _);

    private async Task<string?> InCacheOrOursAsync<T>(
        ResourceType<T> type, IEntityStore<T> cache, string @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        cache.Get(@namespace, name) is null ? await OursAsync(type, @namespace, name, cancellationToken) : null;

    private async Task<string?> UncachedAsync(ModelDeployment model, CancellationToken cancellationToken)
    {
        string @namespace = model.Metadata.Namespace!;
        if (_oursSince.TryGetValue(@namespace, out long since) && timeProvider.GetElapsedTime(since) < Lifetime)
        {
            return null;
        }

        string? conflict = await OursAsync(Resources.ServiceAccounts, @namespace, RouterNames.Router, cancellationToken)
            ?? await OursAsync(Resources.RoleBindings, @namespace, RouterNames.Router, cancellationToken)
            ?? await OursAsync(Resources.Secrets, @namespace, NamespaceKeys.SecretName, cancellationToken)
            ?? await OursAsync(Resources.ConfigMaps, @namespace, ModelDigests.Name, cancellationToken);
        if (conflict is null)
        {
            _oursSince[@namespace] = timeProvider.GetTimestamp();
        }

        return conflict;
    }

    private static bool IsOurs(KubernetesObject there) =>
        Owners.IsOurs(there)
        || (there is Deployment deployment
            && deployment.Spec.Selector?.MatchLabels?.GetValueOrDefault(Labels.ManagedBy) == Labels.Operator);

    private async Task<string?> OursAsync<T>(ResourceType<T> type, string @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject =>
        await client.GetAsync(type, @namespace, name, cancellationToken) is { } there
        && !IsOurs(there)
            ? $"{type.Kind} {name} exists in namespace {@namespace} and is not the operator's: rename or delete it, "
                + $"or label it {Labels.ManagedBy}={Labels.Operator} to hand it over"
            : null;
}
