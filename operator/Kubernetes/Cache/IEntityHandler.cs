using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Cache;

/// <summary>
/// Hears of every change of a cache, one at a time and in order, after the cache holds it. Called on the cache's own path: it
/// must be quick (note a key, return) and must not change the objects.
/// </summary>
public interface IEntityHandler<in T>
    where T : KubernetesObject
{
    void Added(T entity);

    /// <summary>The same object (same uid) in another version.</summary>
    void Updated(T old, T current);

    /// <summary>
    /// Gone; <paramref name="last"/> is the last version seen, which after a lost connection may not be the last there was.
    /// </summary>
    void Deleted(T last);

    /// <summary>
    /// There in a version that does not fit the type, told once a version. The last version that did stays in the cache, if there was one.
    /// </summary>
    void Unreadable(UnreadableObject unreadable)
    {
    }
}
