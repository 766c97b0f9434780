namespace ModelOperator.Server.Fetching;

/// <summary>Ends a try in which nothing happens for too long.</summary>
internal sealed class StallTimer : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenSource _stall;
    private readonly CancellationTokenSource _either;

    public StallTimer(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        _timeout = timeout;
        _stall = new CancellationTokenSource(timeout, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_stall.Token, cancellationToken);
    }

    public CancellationToken Token => _either.Token;

    public bool IsStalled => _stall.IsCancellationRequested;

    /// <summary>Something happened.</summary>
    public void Restart() => _stall.CancelAfter(_timeout);

    public void Dispose()
    {
        _either.Dispose();
        _stall.Dispose();
    }
}
