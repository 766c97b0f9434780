using System.Collections.Concurrent;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;

namespace ModelOperator.Kubernetes.Tests.Runtime;

/// <summary>Writes down what it is given, and answers as a test says.</summary>
internal sealed class RecordingController : IEntityController<ConfigMap>
{
    private int _running;

    public ConcurrentQueue<string> Reconciled { get; } = new();

    public ConcurrentQueue<string> Deleted { get; } = new();

    public Func<ConfigMap, int, ReconciliationResult<ConfigMap>> Then { get; init; } =
        (entity, _) => ReconciliationResult<ConfigMap>.Success(entity);

    public string? ThrowFor { get; init; }

    public int FailingDeletions { get; init; }

    public SemaphoreSlim? Block { get; init; }

    public int Running => Volatile.Read(ref _running);

    public async Task<ReconciliationResult<ConfigMap>> ReconcileAsync(ConfigMap entity, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        try
        {
            if (Block is not null)
            {
                await Block.WaitAsync(cancellationToken);
            }

            Reconciled.Enqueue(entity.Metadata.Name);
            return entity.Metadata.Name == ThrowFor ? throw new InvalidOperationException("bad") : Then(entity, Reconciled.Count);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public Task<ReconciliationResult<ConfigMap>> DeletedAsync(ConfigMap entity, CancellationToken cancellationToken)
    {
        Deleted.Enqueue($"{entity.Metadata.Name}{entity.Metadata.ResourceVersion}");
        return Task.FromResult(Deleted.Count > FailingDeletions
            ? ReconciliationResult<ConfigMap>.Success(entity)
            : ReconciliationResult<ConfigMap>.Failure(entity, "broken"));
    }
}
