using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client;

/// <summary>
/// Applies intents under one field manager, and leaves out the calls that would change nothing: the same intent on an object nobody
/// has touched since. Every reconcile can so apply all it wants, and the server hears of it only when something differs.
/// </summary>
public sealed class Applier(IKubernetesClient client, string fieldManager)
{
    /// <summary>Forgetting costs a call that changes nothing; remembering objects long gone would cost memory for ever.</summary>
    private const int MaxRemembered = 20_000;

    private readonly ConcurrentDictionary<(string Uid, string? Subresource), Applied> _applied = [];

    /// <param name="type">Type of the object.</param>
    /// <param name="intent">All that the field manager wants of the object, with metadata.name and metadata.namespace.</param>
    /// <param name="current">The object as the cache holds it; null when it holds none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="subresource">Such as <c>status</c>.</param>
    /// <returns>The object as the server answered it, or <paramref name="current"/> when there was nothing to do.</returns>
    public async Task<T> ApplyAsync<T>(
        ResourceType<T> type, JsonObject intent, T? current, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject
    {
        var hash = Hash(intent);
        if (current is not null && IsApplied(current, intent, subresource, hash))
        {
            return current;
        }

        var answer = await client.ApplyAsync(type, intent, fieldManager, cancellationToken, subresource);
        if (answer.Metadata is { Uid: { } uid, ResourceVersion: { } version })
        {
            if (_applied.Count >= MaxRemembered)
            {
                _applied.Clear();
            }

            _applied[(uid, subresource)] = new Applied(hash, version, answer.Metadata.Generation);
        }

        return answer;
    }

    /// <summary>
    /// A cache that is still behind our own write shows an older version than the server answered: nothing it knows speaks for
    /// writing again. Where there is a generation, it stands still while only the status changes. It also stands still when somebody
    /// changes metadata, so that is compared.
    /// </summary>
    private bool IsApplied<T>(T current, JsonObject intent, string? subresource, string hash)
        where T : KubernetesObject =>
        current.Metadata is { Uid: { } uid, ResourceVersion: { } version }
        && _applied.TryGetValue((uid, subresource), out var last)
        && last.Hash == hash
        && (ResourceVersions.HasReached(last.ResourceVersion, version)
            || (subresource is null
                && last.Generation is not null
                && last.Generation == current.Metadata.Generation
                && MetadataDrift.Of(current.Metadata, intent["metadata"] as JsonObject) is null));

    private static string Hash(JsonObject intent) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(intent.ToJsonString())));

    private sealed record Applied(string Hash, string ResourceVersion, long? Generation);
}
