using System.Collections.Concurrent;

namespace ModelOperator.Server.Rest;

/// <summary>
/// Ends a request when its client is gone or its time is up. Reused from request to request, for a source with a timer of its own is
/// the dearest part of a small request.
/// </summary>
internal sealed class RequestDeadline : IDisposable
{
    private const int MaxIdle = 256;

    private static readonly ConcurrentQueue<RequestDeadline> Idle = new();

    private readonly CancellationTokenSource _source = new();
    private CancellationTokenRegistration _registration;
    private CancellationToken _aborted;

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the time was up, rather than the client gone.</summary>
    public bool Expired => _source.IsCancellationRequested && !_aborted.IsCancellationRequested;

    public static RequestDeadline Start(TimeSpan timeout, CancellationToken aborted)
    {
        RequestDeadline deadline = Idle.TryDequeue(out RequestDeadline? idle) ? idle : new RequestDeadline();
        deadline._aborted = aborted;
        deadline._registration = aborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline._source);
        deadline._source.CancelAfter(timeout);
        return deadline;
    }

    public void Dispose()
    {
        // Waits for a cancellation that is under way, so that none reaches the next request.
        _registration.Dispose();
        if (_source.TryReset() && Idle.Count < MaxIdle)
        {
            Idle.Enqueue(this);
        }
        else
        {
            _source.Dispose();
        }
    }
}
