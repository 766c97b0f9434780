using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Testing;

/// <summary>A client that supports nothing: a test plays the calls that it needs.</summary>
public abstract class PlayedClient : IKubernetesClient
{
    public virtual Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public virtual Task<KubernetesList<T>> ListAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public virtual IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public virtual Task<T> ApplyAsync<T>(
        ResourceType<T> type, JsonObject intent, string fieldManager, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject => throw new NotSupportedException();

    public virtual Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
        where T : KubernetesObject => throw new NotSupportedException();

    public virtual Task<T> UpdateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject => throw new NotSupportedException();

    public virtual Task<T> MergePatchAsync<T>(
        ResourceType<T> type, string? @namespace, string name, JsonObject patch, CancellationToken cancellationToken,
        string? subresource = null)
        where T : KubernetesObject => throw new NotSupportedException();

    public virtual Task DeleteAsync<T>(
        ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken, string? uid = null)
        where T : KubernetesObject => throw new NotSupportedException();
}
