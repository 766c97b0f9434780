using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Tests.Runtime;

/// <summary>A client whose network can be cut: calls fail and watches under way break until it is mended.</summary>
internal sealed class OutageClient(IKubernetesClient inner) : IKubernetesClient
{
    private volatile CancellationTokenSource _cut = new();

    public void Begin() => _cut.Cancel();

    public void End() => _cut = new();

    public Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject => Connected().GetAsync(type, @namespace, name, cancellationToken);

    public Task<KubernetesList<T>> ListAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject => Connected().ListAsync(type, @namespace, options, cancellationToken);

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token, cancellationToken);
        await using var changes = Connected().WatchAsync(type, @namespace, options, either.Token).GetAsyncEnumerator(either.Token);
        while (await NextAsync(changes, cancellationToken))
        {
            yield return changes.Current;
        }
    }

    public Task<T> ApplyAsync<T>(
        ResourceType<T> type, JsonObject intent, string fieldManager, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject => Connected().ApplyAsync(type, intent, fieldManager, cancellationToken, subresource);

    public Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
        where T : KubernetesObject => Connected().CreateAsync(type, entity, cancellationToken);

    public Task<T> UpdateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject => Connected().UpdateAsync(type, entity, cancellationToken, subresource);

    public Task<T> MergePatchAsync<T>(
        ResourceType<T> type, string? @namespace, string name, JsonObject patch, CancellationToken cancellationToken,
        string? subresource = null)
        where T : KubernetesObject => Connected().MergePatchAsync(type, @namespace, name, patch, cancellationToken, subresource);

    public Task DeleteAsync<T>(
        ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken, string? uid = null)
        where T : KubernetesObject => Connected().DeleteAsync(type, @namespace, name, cancellationToken, uid);

    private IKubernetesClient Connected() => _cut.IsCancellationRequested ? throw new HttpRequestException("The network is cut.") : inner;

    private static async Task<bool> NextAsync<T>(IAsyncEnumerator<T> changes, CancellationToken cancellationToken)
    {
        try
        {
            return await changes.MoveNextAsync();
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The network was cut.", e);
        }
    }
}
