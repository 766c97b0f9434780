namespace ModelOperator.Server.Statistics;

/// <summary>Counts who uses something, and tells when the last one has left after its end was decided.</summary>
/// <param name="ended">Called once, by whoever left last.</param>
internal sealed class UseCount(Action ended)
{
    private readonly InFlightCount _users = new();
    private volatile bool _ending;
    private int _told;

    /// <summary>One user more, who has to leave again; false when the end was decided.</summary>
    public bool TryEnter()
    {
        // Entering and then looking: either this sees that the end was decided, or who decides it sees this.
        _users.Enter();
        if (!_ending)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave()
    {
        _users.Leave();
        if (_ending)
        {
            TellWhenUnused();
        }
    }

    /// <summary>Nobody shall enter any more.</summary>
    public void End()
    {
        _ending = true;
        Interlocked.MemoryBarrier();
        TellWhenUnused();
    }

    private void TellWhenUnused()
    {
        if (_users.Count == 0 && Interlocked.Exchange(ref _told, 1) == 0)
        {
            ended();
        }
    }
}
