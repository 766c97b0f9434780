namespace ModelOperator.Server.Serving;

/// <summary>Whether the server was told to stop, and what still arrives.</summary>
internal sealed class DrainState(TimeProvider time)
{
    private long _requests;
    private long _lastArrival = time.GetTimestamp();
    private volatile bool _draining;
    private volatile bool _closed;

    /// <summary>Told to stop: not ready, but serving what still arrives.</summary>
    public bool Draining => _draining;

    /// <summary>Stopping: what arrives now is turned away before it is looked at.</summary>
    public bool Closed => _closed;

    /// <summary>Requests being served.</summary>
    public long InFlight => Volatile.Read(ref _requests);

    /// <summary>Time since the last request arrived, or since the server was told to stop.</summary>
    public TimeSpan Quiet => time.GetElapsedTime(Volatile.Read(ref _lastArrival));

    public void Begin()
    {
        Volatile.Write(ref _lastArrival, time.GetTimestamp());
        _draining = true;
    }

    public void Close() => _closed = true;

    public void Arrived()
    {
        Interlocked.Increment(ref _requests);
        if (_draining)
        {
            Volatile.Write(ref _lastArrival, time.GetTimestamp());
        }
    }

    public void Left() => Interlocked.Decrement(ref _requests);
}
