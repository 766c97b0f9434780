using ModelOperator.Protocol;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Rest;

/// <summary>
/// Ends a request when its client is gone or its time is up. The time runs from the first wait on: what is before takes microseconds, and a
/// request that never waits needs no timer. Used again for other requests.
/// </summary>
internal sealed class RequestDeadline : Cancellation.ITokenSource, IDisposable
{
    private CancellationTokenSource _source = new();
    private CancellationTokenRegistration _registration;
    private CancellationToken _aborted;
    private HttpContext? _context;
    private TimeSpan _timeout;
    private bool _running;

    public TimeSpan Timeout => _timeout;

    public CancellationToken Token
    {
        get
        {
            if (!_running)
            {
                _running = true;
                _aborted = _context!.RequestAborted;
                _registration = _aborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
                _source.CancelAfter(_timeout);
            }

            return _source.Token;
        }
    }

    public bool Requested => _running && _source.IsCancellationRequested;

    /// <summary>Whether the time was up, rather than the client gone.</summary>
    public bool Expired => _source.IsCancellationRequested && !_aborted.IsCancellationRequested;

    public static RequestDeadline Start(TimeSpan timeout, HttpContext context)
    {
        RequestDeadline deadline = Spares.Take<RequestDeadline>();
        (deadline._timeout, deadline._context) = (timeout, context);
        return deadline;
    }

    public void Dispose()
    {
        if (_running)
        {
            // Waits for a cancellation that is under way, so that none reaches the next request.
            _registration.Dispose();
            if (!_source.TryReset())
            {
                _source.Dispose();
                _source = new CancellationTokenSource();
            }
        }

        (_registration, _aborted, _context, _running) = (default, default, null, false);
        Spares.Keep(this);
    }
}
