using System.Collections.Concurrent;

namespace ModelOperator.Grpc;

/// <summary>
/// The end of a call's time: its client's deadline, the server's own limit, or the client's going away. Rented, because every call needs one.
/// </summary>
internal sealed class CallTimer : IDisposable
{
    private const int MaxIdle = 1024;

    private static readonly ConcurrentQueue<CallTimer> Idle = [];

    private readonly CancellationTokenSource _source;
    private CancellationTokenRegistration _aborted;

    private CallTimer(TimeProvider time)
    {
        Time = time;
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    public CancellationToken Token => _source.Token;

    private TimeProvider Time { get; }

    public static CallTimer Start(TimeSpan remaining, TimeProvider time, CancellationToken aborted)
    {
        // Another clock would stay in the pool; only tests have one.
        CallTimer timer = ReferenceEquals(time, TimeProvider.System) && Idle.TryDequeue(out CallTimer? idle) ? idle : new CallTimer(time);
        if (remaining <= TimeSpan.Zero)
        {
            timer._source.Cancel();
        }
        else
        {
            timer._source.CancelAfter(remaining);
        }

        timer._aborted = aborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timer._source);
        return timer;
    }

    public void Dispose()
    {
        // Waits for a callback that is running; none comes after it.
        _aborted.Dispose();
        if (ReferenceEquals(Time, TimeProvider.System) && _source.TryReset() && Idle.Count < MaxIdle)
        {
            Idle.Enqueue(this);
        }
        else
        {
            _source.Dispose();
        }
    }
}
