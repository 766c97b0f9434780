namespace ModelOperator.Server.Execution;

/// <summary>
/// Decides how many threads the runs of a model get: knows which are in progress and since when, what they are expected to take, and how
/// many requests there were lately, and has each start in the way that <see cref="RunLoad"/> chooses. Knows no clock. The caller locks.
/// </summary>
/// <param name="places">Runs of one thread that are possible at the same time.</param>
/// <param name="wide">What the warm-up found a run on all threads to take.</param>
/// <param name="narrow">The same on one.</param>
internal sealed class WidthPolicy(int places, TimeSpan wide, TimeSpan narrow)
{
    /// <summary>
    /// So many times as long as a run on one thread is what "lately" means: long enough for what the CPUs lost for a moment to be made up
    /// for, short enough for clients that keep coming not to wait for it. Half and twice of it do nearly as well.
    /// </summary>
    private const double Memory = 4;

    private readonly RunEstimate _wide = new(wide);
    private readonly RunEstimate _narrow = new(narrow);
    private readonly TimeAverage _present = new();
    // When the runs in progress began, by place; the one on all threads is last.
    private readonly TimeSpan?[] _began = new TimeSpan?[places + 1];
    private int _running;
    private int _waiting;

    /// <summary>The place of the run that has all threads.</summary>
    public int WidePlace => places;

    /// <summary>How the first of the waiting requests starts.</summary>
    /// <param name="waiting">How many there are.</param>
    /// <param name="now">The time.</param>
    /// <param name="again">When it should be asked again if no run has ended until then.</param>
    public StartChoice Ask(int waiting, TimeSpan now, out TimeSpan? again)
    {
        Pass(now);
        _waiting = waiting;
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

        StartChoice choice = new RunLoad
        {
            Places = places,
            Running = _running,
            Wide = held,
            Remaining = remaining,
            Waiting = waiting,
            Lately = _present.Value,
        }.Choose(_narrow.Expected, _wide.Expected);
        again = choice == StartChoice.Later && _running < places ? latest : null;
        return choice;
    }

    /// <summary>The first of the waiting requests has started.</summary>
    public void Began(int place, TimeSpan now)
    {
        Pass(now);
        _began[place] = now;
        _running++;
        _waiting--;
    }

    /// <summary>A run has ended.</summary>
    /// <param name="place">Where it ran.</param>
    /// <param name="now">The time.</param>
    /// <param name="whole">Whether it was one run of the model to its end.</param>
    public void Ended(int place, TimeSpan now, bool whole)
    {
        Pass(now);
        if (whole)
        {
            (RunEstimate kind, RunEstimate other) = place == WidePlace ? (_wide, _narrow) : (_narrow, _wide);
            kind.Took(now - _began[place]!.Value);
            other.Follow(kind);
        }

        _began[place] = null;
        _running--;
    }

    private void Pass(TimeSpan now) => _present.Pass(_waiting + _running, now, _narrow.Expected * Memory);

    private RunEstimate Estimate(int place) => place == WidePlace ? _wide : _narrow;
}
