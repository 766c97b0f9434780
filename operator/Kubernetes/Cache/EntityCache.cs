using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Kubernetes.Cache;

/// <summary>
/// The objects of one type as last seen, kept current by a <see cref="Reflector{T}"/>. Reads never wait for handlers. An object in a
/// version that does not fit the type stays as it was last read: it is there, and a reader that took it for gone would undo what it asks
/// for.
/// </summary>
public sealed class EntityCache<T>(ILogger<EntityCache<T>> logger) : IEntityStore<T>
    where T : KubernetesObject
{
    private readonly EntityIndex<T> _index = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _delivery = new();
    private readonly List<IEntityHandler<T>> _handlers = [];

    // By key, changed under _delivery.
    private volatile ImmutableDictionary<EntityKey, UnreadableObject> _unreadable = ImmutableDictionary<EntityKey, UnreadableObject>.Empty;

    /// <summary>The first list is in the cache and every handler has heard of it.</summary>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>Completes when <see cref="HasSynced"/> becomes true.</summary>
    public Task Synced => _synced.Task;

    public T? Get(string? @namespace, string name) =>
        _index.Get(new EntityKey(string.IsNullOrEmpty(@namespace) ? null : @namespace, name));

    /// <summary>Objects that are there in a version that cannot be read.</summary>
    public IReadOnlyCollection<UnreadableObject> Unreadable => [.. _unreadable.Values];

    public IReadOnlyList<T> List(string? @namespace = null) => _index.List(@namespace);

    public IReadOnlyList<T> OwnedBy(string ownerUid) => _index.OwnedBy(ownerUid);

    /// <summary>A handler that comes late first hears of every object the cache holds as added.</summary>
    public void AddHandler(IEntityHandler<T> handler)
    {
        lock (_delivery)
        {
            _handlers.Add(handler);
            foreach (var entity in _index.List(null))
            {
                Deliver(handler, entity, static (h, e) => h.Added(e));
            }

            foreach (var unreadable in _unreadable.Values)
            {
                Deliver(handler, unreadable, static (h, u) => h.Unreadable(u));
            }
        }
    }

    /// <summary>Takes over a whole list: what is missing from it was deleted while nobody watched.</summary>
    internal void Replace(KubernetesList<T> list)
    {
        lock (_delivery)
        {
            var listed = list.Items.Select(EntityKey.Of).Concat(list.Unreadable.Select(u => u.Key).OfType<EntityKey>()).ToHashSet();

            // One without a name may be any of those that are missing.
            if (list.Unreadable.All(u => u.Key is not null))
            {
                foreach (var gone in _index.List(null)
                    .Select(EntityKey.Of)
                    .Concat(_unreadable.Keys)
                    .Where(key => !listed.Contains(key))
                    .ToList())
                {
                    Remove(gone, null);
                }
            }

            foreach (var entity in list.Items)
            {
                Put(entity);
            }

            foreach (var unreadable in list.Unreadable)
            {
                Keep(unreadable);
            }
        }

        _synced.TrySetResult();
    }

    /// <summary>Takes over one change of a watch.</summary>
    internal void Apply(WatchEvent<T> change)
    {
        lock (_delivery)
        {
            switch (change)
            {
                case { Type: WatchEventType.Added or WatchEventType.Modified, Object: { } entity }:
                    Put(entity);
                    break;
                case { Type: WatchEventType.Added or WatchEventType.Modified, Unreadable: { } unreadable }:
                    Keep(unreadable);
                    break;
                case { Type: WatchEventType.Deleted, Object: { } entity }:
                    Remove(EntityKey.Of(entity), entity);
                    break;
                case { Type: WatchEventType.Deleted, Unreadable.Key: { } key }:
                    Remove(key, null);
                    break;
                case { Type: WatchEventType.Deleted or WatchEventType.Bookmark }:
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(change), change.Type, "Not a kind of change.");
            }
        }
    }

    private void Put(T entity)
    {
        SetUnreadable(_unreadable.Remove(EntityKey.Of(entity)));
        var old = _index.Put(entity);
        if (old is null)
        {
            Notify(entity, static (h, e) => h.Added(e));
        }
        else if (!string.Equals(old.Metadata.Uid, entity.Metadata.Uid, StringComparison.Ordinal))
        {
            // Deleted and made again between two looks: a handler that took this for an update would keep state of an object that is gone.
            Notify(old, static (h, e) => h.Deleted(e));
            Notify(entity, static (h, e) => h.Added(e));
        }
        else if (!string.Equals(old.Metadata.ResourceVersion, entity.Metadata.ResourceVersion, StringComparison.Ordinal))
        {
            Notify((old, entity), static (h, pair) => h.Updated(pair.old, pair.entity));
        }
    }

    /// <param name="key">What is gone.</param>
    /// <param name="last">How it was in the end; null when only the version in the cache is known.</param>
    private void Remove(EntityKey key, T? last)
    {
        SetUnreadable(_unreadable.Remove(key));
        if (_index.Remove(key) is { } old)
        {
            Notify(last ?? old, static (h, e) => h.Deleted(e));
        }
    }

    private void Keep(UnreadableObject unreadable)
    {
        if (unreadable.Key is not { } key)
        {
            logger.ObjectUnreadable(typeof(T).Name, unreadable.Name, "it is passed over", unreadable.Cause);
            return;
        }

        // The one that was read is gone when another has its name.
        if (_index.Get(key) is { } kept && kept.Metadata.Uid != unreadable.Metadata!.Uid)
        {
            Remove(key, null);
        }

        var known = _unreadable.GetValueOrDefault(key);
        SetUnreadable(_unreadable.SetItem(key, unreadable));
        if (known is null || known.Metadata!.ResourceVersion != unreadable.Metadata!.ResourceVersion)
        {
            Notify(unreadable, static (h, u) => h.Unreadable(u));
        }

        if (known is null || known.Metadata!.Uid != unreadable.Metadata!.Uid || known.Cause != unreadable.Cause)
        {
            logger.ObjectUnreadable(
                typeof(T).Name,
                unreadable.Name,
                _index.Get(key) is { } last ? $"its version {last.Metadata.ResourceVersion} stays in force" : "no version of it is known",
                unreadable.Cause);
        }
    }

    private void SetUnreadable(ImmutableDictionary<EntityKey, UnreadableObject> unreadable)
    {
        if (unreadable.Count != _unreadable.Count)
        {
            CacheMetrics.Unreadable(typeof(T).Name, unreadable.Count - _unreadable.Count);
        }

        _unreadable = unreadable;
    }

    private void Notify<TState>(TState state, Action<IEntityHandler<T>, TState> deliver)
    {
        foreach (var handler in _handlers)
        {
            Deliver(handler, state, deliver);
        }
    }

    private void Deliver<TState>(IEntityHandler<T> handler, TState state, Action<IEntityHandler<T>, TState> deliver)
    {
        try
        {
            deliver(handler, state);
        }
#pragma warning disable CA1031 // One handler's mistake must not cost the others their news, nor the cache its place in the stream.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.HandlerFailed(typeof(T).Name, handler.GetType().Name, e);
        }
    }
}
