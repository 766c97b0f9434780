namespace ModelOperator.Server.Serving.Grpc;

/// <summary>The server's own limit on the time of a call, from the moment its message begins to arrive.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _aborted;

    /// <param name="timeout">The limit.</param>
    /// <param name="aborted">Cancelled when the client is gone.</param>
    public CallDeadline(TimeSpan timeout, CancellationToken aborted)
    {
        (Timeout, _aborted) = (timeout, aborted);
        _source = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        _source.CancelAfter(timeout);
    }

    public TimeSpan Timeout { get; }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the time was up, rather than the client gone.</summary>
    public bool Expired => _source.IsCancellationRequested && !_aborted.IsCancellationRequested;

    public void Dispose() => _source.Dispose();
}
