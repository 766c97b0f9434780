using ModelOperator.Router.Routing;

namespace ModelOperator.Router;

/// <summary>Whether this router should get requests.</summary>
internal sealed class RouterReadiness(RouterPeers peers)
{
    private volatile bool _synced;
    private volatile bool _terminating;
    private volatile bool _stopped;
    private long _lastRequest;

    /// <summary>The routing table and the pods are known.</summary>
    public bool Synced { get => _synced; set => _synced = value; }

    /// <summary>It has been told to end, and serves on for a while.</summary>
    public bool Terminating { get => _terminating; set => _terminating = value; }

    /// <summary>It takes no requests any more.</summary>
    public bool Stopped { get => _stopped; set => _stopped = value; }

    /// <summary>How long no request for a model has come.</summary>
    public TimeSpan Quiet(TimeProvider timeProvider) =>
        Volatile.Read(ref _lastRequest) is var last and not 0 ? timeProvider.GetElapsedTime(last) : TimeSpan.MaxValue;

    /// <summary>A request for a model has come.</summary>
    public void Requested(TimeProvider timeProvider) => Volatile.Write(ref _lastRequest, timeProvider.GetTimestamp());

    /// <summary>
    /// While it ends only if no other router is ready: Services come back to pods that are ending, if they are ready, while there are no
    /// others.
    /// </summary>
    public bool IsReady => Synced && !Stopped && (!Terminating || IsLast);

    /// <summary>Whether no other router is ready.</summary>
    public bool IsLast => peers.Others.Count == 0;
}
