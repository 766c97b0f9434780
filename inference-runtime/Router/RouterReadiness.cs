namespace ModelOperator.Router;

/// <summary>Whether this router should get requests.</summary>
internal sealed class RouterReadiness
{
    private volatile bool _synced;
    private volatile bool _terminating;

    /// <summary>The routing table and the pods are known.</summary>
    public bool Synced { get => _synced; set => _synced = value; }

    /// <summary>It has been told to end.</summary>
    public bool Terminating { get => _terminating; set => _terminating = value; }

    public bool IsReady => Synced && !Terminating;
}
