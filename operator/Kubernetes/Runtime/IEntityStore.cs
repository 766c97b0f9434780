using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Read access to a synced cache. Objects are shared and must not be changed.</summary>
public interface IEntityStore<TEntity>
    where TEntity : KubernetesObject
{
    TEntity? Get(string? @namespace, string name);

    IReadOnlyList<TEntity> List(string? @namespace = null);

    /// <summary>Objects with an owner reference to this uid, controller or not.</summary>
    IReadOnlyList<TEntity> OwnedBy(string ownerUid);
}
