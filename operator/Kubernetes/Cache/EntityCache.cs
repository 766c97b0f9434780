using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Kubernetes.Cache;

/// <summary>
/// The objects of one type as last seen, kept current by a <see cref="Reflector{T}"/>. Reads never wait for handlers.
/// </summary>
public sealed class EntityCache<T>(ILogger<EntityCache<T>> logger) : IEntityStore<T>
    where T : KubernetesObject
{
    private readonly EntityIndex<T> _index = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _delivery = new();
    private readonly List<IEntityHandler<T>> _handlers = [];

    /// <summary>The first list is in the cache and every handler has heard of it.</summary>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>Completes when <see cref="HasSynced"/> becomes true.</summary>
    public Task Synced => _synced.Task;

    public T? Get(string? @namespace, string name) =>
        _index.Get(new EntityKey(string.IsNullOrEmpty(@namespace) ? null : @namespace, name));

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
        }
    }

    /// <summary>Takes over a whole list: what is missing from it was deleted while nobody watched.</summary>
    internal void Replace(KubernetesList<T> list)
    {
        lock (_delivery)
        {
            var listed = list.Items.Select(EntityKey.Of).ToHashSet();
            foreach (var gone in _index.List(null).Where(e => !listed.Contains(EntityKey.Of(e))))
            {
                Remove(gone);
            }

            foreach (var entity in list.Items)
            {
                Put(entity);
            }
        }

        _synced.TrySetResult();
    }

    /// <summary>Takes over one change of a watch.</summary>
    internal void Apply(WatchEvent<T> change)
    {
        lock (_delivery)
        {
            switch (change.Type)
            {
                case WatchEventType.Added or WatchEventType.Modified:
                    Put(change.Object);
                    break;
                case WatchEventType.Deleted:
                    Remove(change.Object);
                    break;
                case WatchEventType.Bookmark:
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(change), change.Type, "Not a kind of change.");
            }
        }
    }

    private void Put(T entity)
    {
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

    private void Remove(T entity)
    {
        if (_index.Remove(EntityKey.Of(entity)))
        {
            Notify(entity, static (h, e) => h.Deleted(e));
        }
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
