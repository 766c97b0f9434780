using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Controller.Traffic;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller.Apply;

/// <summary>Keeps a namespace's router there, owned by all its ModelDeployments.</summary>
internal sealed class NamespaceRouter(
    IKubernetesClient client,
    OwnedObjects objects,
    RouterKeys keys,
    RouterReviews reviews,
    RouterBudgets budgets,
    NamespacePolicies policies,
    IEntityStore<ModelDeployment> models,
    IEntityStore<Deployment> deployments,
    ControllerOptions options,
    TimeProvider timeProvider)
{
    // Its keys, identity, rights, budget and NetworkPolicies are not watched: they are applied again from time to time, sooner while no
    // router is ready.
    private static readonly TimeSpan AccessLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AccessLifetimeWhileNotReady = TimeSpan.FromSeconds(10);

    // Owners only tell the collector when all is to go. Where many models come at once, each would have everything written anew.
    private static readonly TimeSpan OwnersLifetime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Access> _access = new(StringComparer.Ordinal);

    /// <summary>What was applied, and when.</summary>
    /// <param name="Intents">The objects.</param>
    /// <param name="Owners">Uids of their owners.</param>
    /// <param name="Router">The router's Deployment as it was seen before the last apply: any change of it is looked at; null when that did
    /// not end well.</param>
    /// <param name="Timestamp">When.</param>
    private sealed record Access(string Intents, HashSet<string> Owners, Deployment? Router, long Timestamp);

    public async Task ApplyAsync(ModelDeployment model, CancellationToken cancellationToken)
    {
        string @namespace = model.Metadata.Namespace!;
        // The cache may not have the model yet that is being reconciled, and a cached one may be of an earlier life of its name.
        List<ModelDeployment> owners =
        [
            model,
            .. models.List(@namespace).Where(other => other.Metadata.Name != model.Metadata.Name),
        ];
        Deployment? current = deployments.Get(@namespace, RouterNames.Router);
        if (current is not null && IsApplied(@namespace, owners, current))
        {
            return;
        }

        await ApplyAccessAsync(@namespace, owners, current, cancellationToken);
        await objects.ApplyAsync(
            model,
            Resources.Deployments,
            RouterDeployment.Build(@namespace, owners, options.RouterImage, options.RouterReplicas),
            current,
            cancellationToken);
        if (_access.TryGetValue(@namespace, out Access? access))
        {
            _access[@namespace] = access with { Owners = Uids(owners), Router = current };
        }
    }

    public void Forget(string @namespace)
    {
        _access.TryRemove(@namespace, out _);
        keys.Forget(@namespace);
    }

    // To build and compare the objects takes longer, the more models own them.
    private bool IsApplied(string @namespace, List<ModelDeployment> owners, Deployment current)
    {
        if (!_access.TryGetValue(@namespace, out Access? access) || !ReferenceEquals(access.Router, current))
        {
            return false;
        }

        TimeSpan age = timeProvider.GetElapsedTime(access.Timestamp);
        return age < Lifetime(current) && (age < OwnersLifetime
            ? owners.Exists(owner => access.Owners.Contains(owner.Metadata.Uid!))
            : access.Owners.Count == owners.Count && owners.TrueForAll(owner => access.Owners.Contains(owner.Metadata.Uid!)));
    }

    private static TimeSpan Lifetime(Deployment? router) =>
        router?.Status?.ReadyReplicas > 0 ? AccessLifetime : AccessLifetimeWhileNotReady;

    private async Task ApplyAccessAsync(
        string @namespace, List<ModelDeployment> owners, Deployment? current, CancellationToken cancellationToken)
    {
        var account = RouterAccess.ServiceAccount(@namespace, owners);
        var binding = RouterAccess.RoleBinding(@namespace, owners);
        var budget = RouterBudget.Build(@namespace, owners);
        JsonArray monitoring = options.Monitoring ?? [];
        JsonObject[] connections =
        [
            NetworkPolicies.Routers(@namespace, owners, monitoring),
            NetworkPolicies.InferencePods(@namespace, owners, monitoring),
        ];
        string intents = string.Concat(connections.Append(account).Append(binding).Append(budget).Select(intent => intent.ToJsonString()));
        if (_access.TryGetValue(@namespace, out Access? access) && access.Intents == intents
            && timeProvider.GetElapsedTime(access.Timestamp) < Lifetime(current))
        {
            return;
        }

        await keys.EnsureAsync(@namespace, owners, cancellationToken);
        await client.ApplyAsync(Resources.ServiceAccounts, account, OwnedObjects.FieldManager, cancellationToken);
        await client.ApplyAsync(Resources.RoleBindings, binding, OwnedObjects.FieldManager, cancellationToken);
        await reviews.ApplyAsync(@namespace, cancellationToken);
        await budgets.ApplyAsync(budget, cancellationToken);
        foreach (JsonObject connection in connections)
        {
            await policies.ApplyAsync(connection, cancellationToken);
        }

        _access[@namespace] = new Access(intents, Uids(owners), Router: null, timeProvider.GetTimestamp());
    }

    private static HashSet<string> Uids(List<ModelDeployment> owners) =>
        owners.Select(owner => owner.Metadata.Uid!).ToHashSet(StringComparer.Ordinal);
}
