using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Brings the world nearer to what one entity asks for.</summary>
public interface IEntityController<TEntity>
    where TEntity : KubernetesObject
{
    /// <summary>Called with the cached, read-only entity whenever it or something it owns changed, one call at a time for each entity.</summary>
    Task<ReconciliationResult<TEntity>> ReconcileAsync(TEntity entity, CancellationToken cancellationToken);

    /// <summary>Called once an entity that was reconciled is gone from the cache.</summary>
    Task DeletedAsync(string? @namespace, string name, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>How a reconcile ended.</summary>
/// <param name="RequeueAfter">Look again after this time; it also forgets earlier failures.</param>
/// <param name="Error">Retry with backoff when not null.</param>
/// <param name="IsTerminal">An error that no retry can mend: wait for the next change.</param>
public sealed record ReconciliationResult<TEntity>(TimeSpan? RequeueAfter = null, Exception? Error = null, bool IsTerminal = false)
    where TEntity : KubernetesObject
{
    public static ReconciliationResult<TEntity> Success(TimeSpan? requeueAfter = null) => new(requeueAfter);

    public static ReconciliationResult<TEntity> Failure(Exception error) => new(Error: error);

    public static ReconciliationResult<TEntity> Terminal(Exception error) => new(Error: error, IsTerminal: true);
}

/// <summary>Read access to a synced cache. Objects are shared and must not be changed.</summary>
public interface IEntityStore<TEntity>
    where TEntity : KubernetesObject
{
    TEntity? Get(string? @namespace, string name);

    IReadOnlyList<TEntity> List(string? @namespace = null);

    /// <summary>Objects with an owner reference to this uid, controller or not.</summary>
    IReadOnlyList<TEntity> OwnedBy(string ownerUid);
}
