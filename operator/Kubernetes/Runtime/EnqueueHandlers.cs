using System.Collections.Concurrent;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Enqueues the entity itself, and keeps what was deleted until somebody was told.</summary>
internal sealed class EnqueueSelf<TEntity>(WorkQueue<EntityKey> queue, ReconcileStrategy strategy) : IEntityHandler<TEntity>
    where TEntity : KubernetesObject
{
    private readonly ConcurrentDictionary<EntityKey, TEntity> _deleted = new();
    private readonly ConcurrentDictionary<EntityKey, UnreadableObject> _unreadable = new();

    /// <summary>The entity as it was last seen; null when it was never there, is there, or was told of.</summary>
    public TEntity? FindDeleted(EntityKey key) => _deleted.GetValueOrDefault(key);

    public void ForgetDeleted(TEntity deleted) => _deleted.TryRemove(KeyValuePair.Create(EntityKey.Of(deleted), deleted));

    /// <summary>The entity in a version that cannot be read, once; null when there is none or it was taken.</summary>
    public UnreadableObject? TakeUnreadable(EntityKey key) => _unreadable.TryRemove(key, out var unreadable) ? unreadable : null;

    public void Unreadable(UnreadableObject unreadable)
    {
        if (unreadable.Key is { } key)
        {
            _unreadable[key] = unreadable;
            queue.Add(key);
        }
    }

    public void Added(TEntity entity)
    {
        var key = EntityKey.Of(entity);
        _deleted.TryRemove(key, out _);
        queue.Add(key);
    }

    public void Updated(TEntity old, TEntity current)
    {
        if (strategy == ReconcileStrategy.ByResourceVersion
            || old.Metadata.Generation != current.Metadata.Generation
            || !AreSame(old.Metadata.Annotations, current.Metadata.Annotations))
        {
            queue.Add(EntityKey.Of(current));
        }
    }

    private static bool AreSame(Dictionary<string, string>? one, Dictionary<string, string>? other) =>
        (one?.Count ?? 0) == (other?.Count ?? 0)
        && (one is null || one.All(entry => other!.TryGetValue(entry.Key, out string? value) && value == entry.Value));

    public void Deleted(TEntity last)
    {
        var key = EntityKey.Of(last);
        _deleted[key] = last;
        queue.Add(key);
    }
}

/// <summary>
/// Enqueues what an object maps to. An update maps both versions: an object that moves from one owner to another is news for
/// the one that lost it too.
/// </summary>
internal sealed class EnqueueMapped<T>(WorkQueue<EntityKey> queue, Func<T, IEnumerable<EntityKey>> map) : IEntityHandler<T>
    where T : KubernetesObject
{
    public void Added(T entity) => Enqueue(entity);

    public void Updated(T old, T current)
    {
        Enqueue(old);
        Enqueue(current);
    }

    public void Deleted(T last) => Enqueue(last);

    private void Enqueue(T entity)
    {
        foreach (var key in map(entity))
        {
            queue.Add(key);
        }
    }
}
