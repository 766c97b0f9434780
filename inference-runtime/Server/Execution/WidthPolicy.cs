namespace ModelOperator.Server.Execution;

/// <summary>
/// Decides how many threads the runs of a model get: knows which are in progress and since when, and what they are expected to take, and
/// has each request start in the way that <see cref="RunLoad"/> finds to be the soonest. Knows no clock. The caller locks.
/// </summary>
/// <param name="places">Runs of one thread that are possible at the same time.</param>
/// <param name="wide">What the warm-up found a run on all threads to take.</param>
/// <param name="narrow">The same on one.</param>
internal sealed class WidthPolicy(int places, TimeSpan wide, TimeSpan narrow)
{
    private readonly RunEstimate _wide = new(wide);
    private readonly RunEstimate _narrow = new(narrow);
    // When the runs in progress began, by place; the one on all threads is last.
    private readonly TimeSpan?[] _began = new TimeSpan?[places + 1];
    private int _running;
    private TimeSpan _lastWait;
    private bool _saturated;
    private bool _waits;

    /// <summary>The place of the run that has all threads.</summary>
    public int WidePlace => places;

    /// <summary>How the first of the waiting requests starts.</summary>
    /// <param name="waiting">How many there are.</param>
    /// <param name="arrived">When the first of them came.</param>
    /// <param name="now">The time.</param>
    /// <param name="again">When it should be asked again if no run has ended until then.</param>
    public StartChoice Ask(int waiting, TimeSpan arrived, TimeSpan now, out TimeSpan? again)
    {
        TimeSpan remaining = TimeSpan.Zero, latest = TimeSpan.Zero;
        bool held = false;
        for (int place = 0; place < _began.Length; place++)
        {
            if (_began[place] is { } began)
            {
                RunEstimate estimate = Estimate(place);
                TimeSpan left = estimate.Remaining(now - began);
                remaining = left > remaining ? left : remaining;
                latest = began + estimate.Latest > latest ? began + estimate.Latest : latest;
                // One that is overdue may take for ever; what starts beside it shares the CPUs with it.
                held |= place == WidePlace && now <= began + estimate.Latest;
            }
        }

        // What passes before anything is asked is no waiting.
        TimeSpan waited = _waits ? now - arrived : TimeSpan.Zero;
        StartChoice choice = new RunLoad
        {
            Places = places,
            Running = _running,
            Wide = held,
            Remaining = remaining,
            Waiting = waiting,
            Saturated = _saturated,
            Persistent = _lastWait > TimeSpan.Zero && waited >= _lastWait,
        }.Choose(_narrow.Expected, _wide.Expected);
        again = choice == StartChoice.Later && _running < places ? latest : null;
        if (choice == StartChoice.Later)
        {
            _waits = true;
            _saturated |= _running >= places;
        }
        else
        {
            _lastWait = waited;
            _waits &= waiting > 1;
            _saturated &= waiting > 1;
        }

        return choice;
    }

    /// <summary>A run has begun.</summary>
    public void Began(int place, TimeSpan now)
    {
        _began[place] = now;
        _running++;
    }

    /// <summary>A run has ended.</summary>
    /// <param name="place">Where it ran.</param>
    /// <param name="now">The time.</param>
    /// <param name="whole">Whether it was one run of the model to its end.</param>
    public void Ended(int place, TimeSpan now, bool whole)
    {
        if (whole)
        {
            (RunEstimate kind, RunEstimate other) = place == WidePlace ? (_wide, _narrow) : (_narrow, _wide);
            kind.Took(now - _began[place]!.Value);
            other.Follow(kind);
        }

        _began[place] = null;
        _running--;
    }

    private RunEstimate Estimate(int place) => place == WidePlace ? _wide : _narrow;
}
