namespace ModelOperator.Kubernetes.Cache;

/// <summary>
/// Waits that double from the first to the longest, each stretched at random up to twofold, and start anew after a quiet time.
/// </summary>
internal sealed class ReflectorBackoff(ReflectorOptions options, TimeProvider timeProvider, Random random)
{
    private TimeSpan _next = options.MinBackoff;
    private long? _lastFailure;

    public Task WaitAsync(TimeSpan? atLeast, CancellationToken cancellationToken)
    {
        var wait = Next();
        return Task.Delay(atLeast > wait ? atLeast.Value : wait, timeProvider, cancellationToken);
    }

    public TimeSpan Next()
    {
        if (_lastFailure is { } at && timeProvider.GetElapsedTime(at) >= options.BackoffReset)
        {
            _next = options.MinBackoff;
        }

        _lastFailure = timeProvider.GetTimestamp();
        var wait = _next * (1 + random.NextDouble());
        _next = _next * 2 < options.MaxBackoff ? _next * 2 : options.MaxBackoff;
        return wait < options.MaxBackoff ? wait : options.MaxBackoff;
    }
}
