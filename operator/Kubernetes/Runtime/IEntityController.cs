using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Brings the world nearer to what one entity asks for.</summary>
public interface IEntityController<TEntity>
    where TEntity : KubernetesObject
{
    /// <summary>
    /// Called with the cached, read-only entity whenever it or a watched object of its own changed, one call at a time for each entity.
    /// </summary>
    Task<ReconciliationResult<TEntity>> ReconcileAsync(TEntity entity, CancellationToken cancellationToken);

    /// <summary>
    /// Called with an entity as it was last seen once it is gone, in its turn among the reconciles, and again until it succeeds. Not
    /// called for one that has come back under the same name meanwhile: that one is reconciled.
    /// </summary>
    Task<ReconciliationResult<TEntity>> DeletedAsync(TEntity entity, CancellationToken cancellationToken);
}
