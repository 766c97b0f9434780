using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests.Traffic;

/// <summary>An API server that holds objects by name, as they were applied.</summary>
internal sealed class PlayedSecrets : IKubernetesClient
{
    public Dictionary<string, JsonObject> Objects { get; } = [];

    /// <summary>Every read so far.</summary>
    public int Reads { get; private set; }

    public Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        Reads++;
        return Task.FromResult(Objects.GetValueOrDefault($"{@namespace}/{name}")?.Deserialize(type.TypeInfo));
    }

    public Task<T> ApplyAsync<T>(ResourceType<T> type, JsonObject intent, string fieldManager, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject
    {
        Objects[$"{intent["metadata"]!["namespace"]}/{intent["metadata"]!["name"]}"] = intent;
        return Task.FromResult(intent.Deserialize(type.TypeInfo)!);
    }

    public Task<KubernetesList<T>> ListAsync<T>(ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public Task<T> UpdateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject => throw new NotSupportedException();

    public Task<T> MergePatchAsync<T>(
        ResourceType<T> type, string? @namespace, string name, JsonObject patch, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject => throw new NotSupportedException();

    public Task DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken, string? uid = null)
        where T : KubernetesObject => throw new NotSupportedException();
}
