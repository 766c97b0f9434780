namespace ModelOperator.Kubernetes.Runtime;

/// <summary>A bucket that refills steadily; not safe for several threads at once.</summary>
/// <param name="tokensPerSecond">How fast it refills.</param>
/// <param name="capacity">Tokens it holds when full.</param>
/// <param name="time">Clock.</param>
/// <param name="longestWait">No debt grows beyond what refills in this time; null for no limit.</param>
internal sealed class TokenBucket(double tokensPerSecond, int capacity, TimeProvider time, TimeSpan? longestWait = null)
{
    private double _tokens = capacity;
    private long _refilled = time.GetTimestamp();

    /// <summary>Takes a token, going into debt when there is none, and says how long to wait for it.</summary>
    public TimeSpan Reserve()
    {
        Refill();
        _tokens = Math.Max(_tokens - 1, -(longestWait ?? TimeSpan.MaxValue).TotalSeconds * tokensPerSecond);
        return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / tokensPerSecond);
    }

    /// <summary>Takes a token when there is one.</summary>
    public bool TryTake()
    {
        Refill();
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(capacity, _tokens + (time.GetElapsedTime(_refilled, now).TotalSeconds * tokensPerSecond));
        _refilled = now;
    }
}
