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
    // Its keys, identity, rights, budget and NetworkPolicies are not watched: they are applied again from time to time, sooner while no router is ready.
    private static readonly TimeSpan AccessLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AccessLifetimeWhileNotReady = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Access> _access = new(StringComparer.Ordinal);

    private sealed record Access(string Intents, long Timestamp);

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
        await ApplyAccessAsync(@namespace, owners, current, cancellationToken);
        await objects.ApplyAsync(
            model,
            Resources.Deployments,
            RouterDeployment.Build(@namespace, owners, options.RouterImage, options.RouterReplicas),
            current,
            cancellationToken);
    }

    public void Forget(string @namespace)
    {
        _access.TryRemove(@namespace, out _);
        keys.Forget(@namespace);
    }

    private async Task ApplyAccessAsync(
        string @namespace, List<ModelDeployment> owners, Deployment? current, CancellationToken cancellationToken)
    {
        var account = RouterAccess.ServiceAccount(@namespace, owners);
        var binding = RouterAccess.RoleBinding(@namespace, owners);
        var budget = RouterBudget.Build(@namespace, owners);
        JsonArray monitoring = options.Monitoring ?? [];
        JsonObject[] connections = [NetworkPolicies.Routers(@namespace, owners, monitoring), NetworkPolicies.InferencePods(@namespace, owners, monitoring)];
        string intents = string.Concat(connections.Append(account).Append(binding).Append(budget).Select(intent => intent.ToJsonString()));
        TimeSpan lifetime = current?.Status?.ReadyReplicas > 0 ? AccessLifetime : AccessLifetimeWhileNotReady;
        if (_access.TryGetValue(@namespace, out Access? access) && access.Intents == intents && timeProvider.GetElapsedTime(access.Timestamp) < lifetime)
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

        _access[@namespace] = new Access(intents, timeProvider.GetTimestamp());
    }
}
