using ModelOperator.Kubernetes.Client;

namespace ModelOperator.Kubernetes.Cache;

/// <summary>The newest resourceVersion seen, and those who wait for it to reach one.</summary>
internal sealed class VersionGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _current = "";

    public string Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    public void Advance(string resourceVersion)
    {
        if (resourceVersion.Length == 0)
        {
            return;
        }

        TaskCompletionSource advanced;
        lock (_lock)
        {
            _current = resourceVersion;
            advanced = _advanced;
            _advanced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        advanced.TrySetResult();
    }

    public async Task<bool> WaitForAsync(string resourceVersion, TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        while (true)
        {
            Task advanced;
            lock (_lock)
            {
                if (ResourceVersions.HasReached(_current, resourceVersion))
                {
                    return true;
                }

                advanced = _advanced.Task;
            }

            try
            {
                await advanced.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }
}
