using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller.Apply;

/// <summary>
/// Applies what the operator makes, when it differs from what is there, its metadata included: an object that lost a label would not be
/// found, and one that lost an owner would be collected too early or never.
/// </summary>
internal sealed class OwnedObjects(IKubernetesClient client, IEventRecorder events)
{
    /// <summary>The name under which the operator owns fields of what it makes.</summary>
    public const string FieldManager = "model-operator";

    private readonly Applier _applier = new(client, FieldManager);

    /// <param name="model">The ModelDeployment that is told when metadata is put back.</param>
    /// <param name="type">Type of the object.</param>
    /// <param name="intent">All that is wanted of the object.</param>
    /// <param name="current">The object as the cache holds it; null when it holds none.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<T> ApplyAsync<T>(
        ModelDeployment model, ResourceType<T> type, JsonObject intent, T? current, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        var metadata = (JsonObject)intent["metadata"]!;
        // The cache does not see an object that lost our label.
        T? there = current ?? await client.GetAsync(type, (string?)metadata["namespace"], (string)metadata["name"]!, cancellationToken);
        T answer = await _applier.ApplyAsync(type, intent, current, cancellationToken);
        if (there is not null && !ReferenceEquals(answer, there) && MetadataDrift.Of(there.Metadata, metadata) is { } drift)
        {
            Tell(model, there, type.Kind, drift);
        }

        return answer;
    }

    /// <summary>Puts back the metadata of an object whose other fields are not to be written anew.</summary>
    public async Task MendAsync<T>(
        ModelDeployment model, ResourceType<T> type, JsonObject metadata, T current, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        if (MetadataDrift.Of(current.Metadata, metadata) is null
            // The cache may be behind what was put back a moment ago.
            || await client.GetAsync(type, current.Metadata.Namespace, current.Metadata.Name, cancellationToken) is not { } live
            || live.Metadata.Uid != current.Metadata.Uid
            || MetadataDrift.Of(live.Metadata, metadata) is not { } drift)
        {
            return;
        }

        await client.MergePatchAsync(type, live.Metadata.Namespace, live.Metadata.Name, Patch(live, metadata), cancellationToken);
        Tell(model, live, type.Kind, drift);
    }

    private void Tell(ModelDeployment model, KubernetesObject mended, string kind, string drift) =>
        events.Record(
            model,
            Reasons.MetadataRestored,
            $"{kind} {mended.Metadata.Name}: {drift}; the operator put it back",
            EventType.Warning,
            "Reconcile");

    // A merge patch replaces lists whole.
    private static JsonObject Patch(KubernetesObject live, JsonObject metadata)
    {
        JsonArray owners = metadata["ownerReferences"]!.DeepClone().AsArray();
        var wanted = owners.Select(owner => (string?)owner!["uid"]).ToHashSet(StringComparer.Ordinal);
        foreach (OwnerReference other in (live.Metadata.OwnerReferences ?? []).Where(owner => !wanted.Contains(owner.Uid)))
        {
            owners.Add((JsonNode)new JsonObject
            {
                ["apiVersion"] = other.ApiVersion,
                ["kind"] = other.Kind,
                ["name"] = other.Name,
                ["uid"] = other.Uid,
                ["controller"] = other.Controller,
                ["blockOwnerDeletion"] = other.BlockOwnerDeletion,
            });
        }

        var patch = new JsonObject
        {
            ["uid"] = live.Metadata.Uid,
            ["resourceVersion"] = live.Metadata.ResourceVersion,
            ["labels"] = metadata["labels"]!.DeepClone(),
            ["ownerReferences"] = owners,
        };
        if (metadata["annotations"] is { } annotations)
        {
            patch["annotations"] = annotations.DeepClone();
        }

        return new JsonObject { ["metadata"] = patch };
    }
}
