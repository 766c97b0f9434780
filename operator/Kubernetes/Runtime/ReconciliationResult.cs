using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>How a reconcile ended.</summary>
public sealed record ReconciliationResult<TEntity>
    where TEntity : KubernetesObject
{
    private ReconciliationResult(TEntity entity) => Entity = entity;

    public TEntity Entity { get; }

    public bool IsSuccess => ErrorMessage is null;

    public bool IsFailure => !IsSuccess;

    /// <summary>What went wrong; null for a success.</summary>
    public string? ErrorMessage { get; private init; }

    public Exception? Error { get; private init; }

    /// <summary>Look again after this time, whatever happens meanwhile.</summary>
    public TimeSpan? RequeueAfter { get; private init; }

    /// <summary>No retry can mend it: wait for the next change.</summary>
    public bool IsTerminal { get; private init; }

    /// <summary>It met a newer version, or none any more; no fault of anybody's.</summary>
    public bool IsOutdated { get; private init; }

    /// <summary>Nothing is left to do, or nothing until <paramref name="requeueAfter"/>; earlier failures are forgotten.</summary>
    public static ReconciliationResult<TEntity> Success(TEntity entity, TimeSpan? requeueAfter = null) => new(entity)
    {
        RequeueAfter = requeueAfter,
    };

    /// <summary>Retries with backoff, or after <paramref name="requeueAfter"/>.</summary>
    public static ReconciliationResult<TEntity> Failure(
        TEntity entity, string errorMessage, Exception? error = null, TimeSpan? requeueAfter = null) =>
        new(entity) { ErrorMessage = errorMessage, Error = error, RequeueAfter = requeueAfter };

    /// <summary>The entity has changed or gone while it was reconciled: looks again, with backoff.</summary>
    public static ReconciliationResult<TEntity> Outdated(TEntity entity) =>
        new(entity) { ErrorMessage = "The object has changed or gone meanwhile.", IsOutdated = true };

    /// <summary>Waits for the next change of the entity.</summary>
    public static ReconciliationResult<TEntity> Terminal(TEntity entity, string errorMessage, Exception? error = null) =>
        new(entity) { ErrorMessage = errorMessage, Error = error, IsTerminal = true };
}
