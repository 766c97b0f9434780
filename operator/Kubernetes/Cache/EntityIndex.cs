using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Cache;

/// <summary>Objects by key, by namespace and by the uid of each owner.</summary>
internal sealed class EntityIndex<T>
    where T : KubernetesObject
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EntityKey, T> _byKey = [];
    private readonly Dictionary<string, Dictionary<EntityKey, T>> _byNamespace = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<EntityKey, T>> _byOwner = new(StringComparer.Ordinal);

    public T? Get(EntityKey key)
    {
        lock (_lock)
        {
            return _byKey.GetValueOrDefault(key);
        }
    }

    public IReadOnlyList<T> List(string? @namespace)
    {
        lock (_lock)
        {
            return string.IsNullOrEmpty(@namespace) ? [.. _byKey.Values] : Values(_byNamespace, @namespace);
        }
    }

    public IReadOnlyList<T> OwnedBy(string ownerUid)
    {
        lock (_lock)
        {
            return Values(_byOwner, ownerUid);
        }
    }

    /// <summary>Puts an object in the place of the one it returns.</summary>
    public T? Put(T entity)
    {
        var key = EntityKey.Of(entity);
        lock (_lock)
        {
            _byKey.TryGetValue(key, out var old);
            if (old is not null)
            {
                Unlink(key, old);
            }

            _byKey[key] = entity;
            if (key.Namespace is { } @namespace)
            {
                Link(_byNamespace, @namespace, key, entity);
            }

            foreach (var owner in entity.Metadata.OwnerReferences ?? [])
            {
                Link(_byOwner, owner.Uid, key, entity);
            }

            return old;
        }
    }

    /// <summary>The object that was there, if any.</summary>
    public T? Remove(EntityKey key)
    {
        lock (_lock)
        {
            if (!_byKey.Remove(key, out var old))
            {
                return null;
            }

            Unlink(key, old);
            return old;
        }
    }

    private static List<T> Values(Dictionary<string, Dictionary<EntityKey, T>> index, string value) =>
        index.TryGetValue(value, out var entities) ? [.. entities.Values] : [];

    private static void Link(Dictionary<string, Dictionary<EntityKey, T>> index, string value, EntityKey key, T entity)
    {
        if (!index.TryGetValue(value, out var entities))
        {
            index[value] = entities = [];
        }

        entities[key] = entity;
    }

    private void Unlink(EntityKey key, T entity)
    {
        if (key.Namespace is { } @namespace)
        {
            Unlink(_byNamespace, @namespace, key);
        }

        foreach (var owner in entity.Metadata.OwnerReferences ?? [])
        {
            Unlink(_byOwner, owner.Uid, key);
        }
    }

    private static void Unlink(Dictionary<string, Dictionary<EntityKey, T>> index, string value, EntityKey key)
    {
        if (index.TryGetValue(value, out var entities) && entities.Remove(key) && entities.Count == 0)
        {
            index.Remove(value);
        }
    }
}
