namespace ModelOperator.Router.Routing;

/// <summary>
/// The first requests of a pod, which are slow or fail in ways that say nothing of its revision: code is compiled, memory and devices are
/// taken into use. They are evidence neither for nor against it. A pod is warm 10 seconds after its first request, when it has had 20 by
/// then; else with its 21st, and in any case 30 seconds after the first, so that a revision that fails from its first request on is seen.
/// It happens once in the life of a pod: a container that keeps ending is no cold start.
/// </summary>
/// <param name="isOver">Whether the pod is warm to begin with.</param>
internal sealed class WarmUp(bool isOver)
{
    /// <summary>How long it lasts at least.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    /// <summary>How long it lasts at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Requests after which it does not last longer than it must.</summary>
    public const int Requests = 20;

    private const long NotBegun = long.MinValue;

    private volatile bool _isOver = isOver;
    private long _begun = NotBegun;
    private int _requests;

    /// <summary>Whether the request that is sent now is one of them. To be asked once for each request.</summary>
    public bool Takes(TimeProvider timeProvider)
    {
        if (_isOver)
        {
            return false;
        }

        long now = timeProvider.GetTimestamp();
        long begun = Interlocked.CompareExchange(ref _begun, now, NotBegun);
        var elapsed = begun == NotBegun ? TimeSpan.Zero : timeProvider.GetElapsedTime(begun, now);
        int requests = Interlocked.Increment(ref _requests);
        if (elapsed < Shortest || (requests <= Requests && elapsed < Longest))
        {
            return true;
        }

        _isOver = true;
        return false;
    }
}
