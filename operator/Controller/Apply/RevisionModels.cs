using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Controller.Observe;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Controller.Apply;

/// <summary>
/// Sees to it that all pods of a revision serve one model: tells those to come what it is, and removes one that came with another.
/// </summary>
internal sealed class RevisionModels(
    IKubernetesClient client, IEntityStore<ModelDeployment> models, IEntityStore<Pod> pods, IEventRecorder events,
    TimeProvider timeProvider)
{
    // The ConfigMap is not watched.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (string Intent, long Timestamp)> _applied = new(StringComparer.Ordinal);

    public async Task ApplyAsync(ModelDeployment model, CancellationToken cancellationToken)
    {
        JsonObject intent = ModelDigests.Build(model);
        string text = intent.ToJsonString();
        if (_applied.TryGetValue(model.Metadata.Uid!, out var last)
            && last.Intent == text
            && timeProvider.GetElapsedTime(last.Timestamp) < Lifetime)
        {
            return;
        }

        string @namespace = model.Metadata.Namespace!;
        // What an earlier model of this name left behind goes, too.
        if (intent["data"] is not null
            || await client.GetAsync(Resources.ConfigMaps, @namespace, ModelDigests.Name, cancellationToken) is not null)
        {
            ConfigMap there = await client.ApplyAsync(
                Resources.ConfigMaps, intent, $"{OwnedObjects.FieldManager}/{model.Metadata.Name}", cancellationToken);
            await PruneAsync(model, there, cancellationToken);
        }

        _applied[model.Metadata.Uid!] = (text, timeProvider.GetTimestamp());
    }

    /// <summary>
    /// Removes pods that started before the digest had reached their node. It is asked for after the digest has been applied: their
    /// successors find it.
    /// </summary>
    public async Task RemoveOthersAsync(ModelDeployment model, CancellationToken cancellationToken)
    {
        foreach (Pod pod in pods.List(model.Metadata.Namespace))
        {
            if (FetchedModel.FindOther(model, pod) is not { } revision)
            {
                continue;
            }

            await client.DeleteAsync(Resources.Pods, pod.Metadata.Namespace, pod.Metadata.Name, cancellationToken, pod.Metadata.Uid);
            events.Record(
                model,
                Reasons.DigestMismatch,
                $"pod {pod.Metadata.Name} fetched {FetchedModel.DigestOf(pod)}, "
                + $"and revision {revision.Revision} serves {revision.ModelDigest}: the model at "
                    + "spec.model.uri has changed; the operator removed the pod",
                EventType.Warning,
                "Reconcile");
        }
    }

    public void Forget(ModelDeployment model) => _applied.TryRemove(model.Metadata.Uid!, out _);

    private async Task PruneAsync(ModelDeployment model, ConfigMap there, CancellationToken cancellationToken)
    {
        HashSet<string> living = [model.Metadata.Name, .. models.List(model.Metadata.Namespace).Select(other => other.Metadata.Name)];
        string[] stale = [.. (there.Data ?? []).Keys.Where(key => !living.Contains(ModelDigests.ModelOf(key)))];
        if (stale.Length > 0)
        {
            var patch = new JsonObject { ["data"] = new JsonObject(stale.Select(key => KeyValuePair.Create(key, (JsonNode?)null))) };
            await client.MergePatchAsync(Resources.ConfigMaps, model.Metadata.Namespace, ModelDigests.Name, patch, cancellationToken);
        }
    }
}
