namespace ModelOperator.Server.Execution;

/// <summary>Counts who uses something, and tells when the last one has left after its end was decided.</summary>
/// <param name="ended">Called once, by whoever left last.</param>
internal sealed class UseCount(Action ended)
{
    private readonly Lock _lock = new();
    private int _users;
    private bool _ending;

    /// <summary>One user more, who has to leave again; false when the end was decided.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            _users += _ending ? 0 : 1;
            return !_ending;
        }
    }

    public void Leave()
    {
        bool last;
        lock (_lock)
        {
            last = --_users == 0 && _ending;
        }

        if (last)
        {
            ended();
        }
    }

    /// <summary>Nobody may enter any more.</summary>
    public void End()
    {
        bool unused;
        lock (_lock)
        {
            unused = _users == 0 && !_ending;
            _ending = true;
        }

        if (unused)
        {
            ended();
        }
    }
}
