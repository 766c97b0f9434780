using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Apply;
using ModelOperator.Controller.Intents;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Traffic;

/// <summary>
/// The keys that the operator shares with the routers and inference pods of each namespace: makes them, and changes them in time.
/// </summary>
internal sealed class RouterKeys(IKubernetesClient client, TimeProvider timeProvider)
{
    // A Secret that somebody replaced is known again after that.
    private static readonly TimeSpan ReadAgain = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (NamespaceKeys? Keys, long Timestamp)> _known = new(StringComparer.Ordinal);

    /// <summary>The keys of a namespace; null when it has none (yet).</summary>
    public async Task<NamespaceKeys?> OfAsync(string @namespace, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(@namespace, out var known) || timeProvider.GetElapsedTime(known.Timestamp) >= ReadAgain)
        {
            known = Remember(
                @namespace,
                Read(await client.GetAsync(Resources.Secrets, @namespace, NamespaceKeys.SecretName, cancellationToken)));
        }

        return known.Keys;
    }

    /// <summary>Makes the keys of a namespace, or the next one when it is time.</summary>
    public async Task EnsureAsync(string @namespace, IReadOnlyList<ModelDeployment> owners, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var there = Read(await client.GetAsync(Resources.Secrets, @namespace, NamespaceKeys.SecretName, cancellationToken));
        var keys = there is null ? NamespaceKeys.Create(now) : there.Rotated(now) ?? there;
        await client.ApplyAsync(Resources.Secrets, Intent(@namespace, owners, keys), OwnedObjects.FieldManager, cancellationToken);
        Remember(@namespace, keys);
    }

    public void Forget(string @namespace) => _known.TryRemove(@namespace, out _);

    /// <summary>The Secret.</summary>
    internal static JsonObject Intent(string @namespace, IEnumerable<ModelDeployment> owners, NamespaceKeys keys)
    {
        JsonObject metadata = RouterAccess.Metadata(@namespace, owners);
        metadata["name"] = NamespaceKeys.SecretName;
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = metadata,
            ["type"] = "Opaque",
            ["data"] = new JsonObject
            {
                [NamespaceKeys.FileName] = Convert.ToBase64String(keys.ToText()),
                [NamespaceKeys.InferenceFileName] = Convert.ToBase64String(keys.OfInferencePods.ToText()),
            },
        };
    }

    private (NamespaceKeys? Keys, long Timestamp) Remember(string @namespace, NamespaceKeys? keys) =>
        _known[@namespace] = (keys, timeProvider.GetTimestamp());

    private static NamespaceKeys? Read(Secret? secret) =>
        secret?.Metadata.Labels?.GetValueOrDefault(Labels.ManagedBy) == Labels.Operator
        && secret.Data?.GetValueOrDefault(NamespaceKeys.FileName) is { } text
        && NamespaceKeys.TryParse(text, out var keys) ? keys : null;
}
