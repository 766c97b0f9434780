using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client;

/// <summary>
/// Typed calls to one API server. Every call has a timeout; a refusal is a <see cref="KubernetesException"/> holding the
/// server's Status. "Not found" is null where a value is asked for, and an exception where something is changed.
/// </summary>
public interface IKubernetesClient
{
    Task<T?> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject;

    Task<KubernetesList<T>> ListAsync<T>(ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>Streams changes after <see cref="ListOptions.ResourceVersion"/> until the server ends the watch.</summary>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType<T> type, string? @namespace, ListOptions options, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>Server-side apply: the intent is the whole of what <paramref name="fieldManager"/> wants; conflicts are forced.</summary>
    Task<T> ApplyAsync<T>(
        ResourceType<T> type, JsonObject intent, string fieldManager, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject;

    Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
        where T : KubernetesObject;

    /// <summary>Replaces; a stale resourceVersion is refused with 409.</summary>
    Task<T> UpdateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken, string? subresource = null)
        where T : KubernetesObject;

    /// <summary>JSON merge patch (RFC 7386).</summary>
    Task<T> MergePatchAsync<T>(
        ResourceType<T> type, string? @namespace, string name, JsonObject patch, CancellationToken cancellationToken,
        string? subresource = null)
        where T : KubernetesObject;

    /// <summary>Deletes in the background; an object already gone is no error. With a uid, only that very object is deleted.</summary>
    Task DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken cancellationToken, string? uid = null)
        where T : KubernetesObject;
}

/// <summary>Which objects a list or watch covers.</summary>
public sealed record ListOptions
{
    public string? LabelSelector { get; init; }
    public string? FieldSelector { get; init; }
    public string? ResourceVersion { get; init; }
    public TimeSpan? Timeout { get; init; }
    public bool AllowBookmarks { get; init; }
}

/// <summary>Objects and the resourceVersion at which they were read.</summary>
public sealed record KubernetesList<T>(IReadOnlyList<T> Items, string ResourceVersion)
    where T : KubernetesObject
{
    /// <summary>Objects that are there as well, and do not fit the type.</summary>
    public IReadOnlyList<UnreadableObject> Unreadable { get; init; } = [];
}

/// <summary>One change. A BOOKMARK carries nothing but a resourceVersion.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object it happened to; null when it does not fit the type.</param>
/// <param name="Unreadable">The object when it does not fit the type.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T? Object, UnreadableObject? Unreadable = null)
    where T : KubernetesObject
{
    /// <summary>Name, version and the rest of the object; null when not even they can be read.</summary>
    public ObjectMeta? Metadata => Object?.Metadata ?? Unreadable?.Metadata;
}

public enum WatchEventType
{
    Added,
    Modified,
    Deleted,
    Bookmark,
}
