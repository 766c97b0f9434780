using System.Diagnostics.CodeAnalysis;

namespace ModelOperator.Server.Fetching.Stores;

/// <summary>Lets one through at a time.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore holds nothing to release unless its wait handle is asked for.")]
internal sealed class AsyncGate
{
    private readonly SemaphoreSlim _semaphore = new(1);

    public async Task<T> RunAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await _semaphore.WaitAsync(cancellationToken);
        try
        {
            return await action();
        }
        finally
        {
            _semaphore.Release();
        }
    }
}
