namespace ModelOperator.Kubernetes.Runtime;

/// <summary>
/// How long a failed key waits: 5 ms doubling with each failure in a row, and never sooner than the bucket all keys share (10 a second,
/// 100 at once) allows. Half a minute at most: what waits may be a canary with traffic that nobody judges meanwhile. Not safe for several
/// threads at once.
/// </summary>
internal sealed class RetryDelays<TKey>(TimeProvider time)
    where TKey : notnull
{
    private const double FirstMilliseconds = 5;
    private const double LongestMilliseconds = 30_000;

    private readonly Dictionary<TKey, int> _failures = [];
    private readonly TokenBucket _bucket = new(
        tokensPerSecond: 10, capacity: 100, time, longestWait: TimeSpan.FromMilliseconds(LongestMilliseconds));

    public TimeSpan Next(TKey key)
    {
        var failures = _failures.GetValueOrDefault(key);
        _failures[key] = failures + 1;
        var own = TimeSpan.FromMilliseconds(Math.Min(LongestMilliseconds, FirstMilliseconds * Math.Pow(2, failures)));
        var shared = _bucket.Reserve();
        return own > shared ? own : shared;
    }

    public void Forget(TKey key) => _failures.Remove(key);
}
