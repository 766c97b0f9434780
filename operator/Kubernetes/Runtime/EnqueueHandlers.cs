using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Enqueues the entity itself.</summary>
internal sealed class EnqueueSelf<TEntity>(WorkQueue<EntityKey> queue, EntityChanges changes) : IEntityHandler<TEntity>
    where TEntity : KubernetesObject
{
    public void Added(TEntity entity) => queue.Add(EntityKey.Of(entity));

    public void Updated(TEntity old, TEntity current)
    {
        if (changes.Include(old, current))
        {
            queue.Add(EntityKey.Of(current));
        }
    }

    public void Deleted(TEntity last) => queue.Add(EntityKey.Of(last));
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
