namespace ModelOperator.Server.Execution;

/// <summary>Hands out the instances of a model whose runs have one thread or all, as <see cref="WidthPolicy"/> decides.</summary>
internal sealed class WidthChooser : IDisposable
{
    private readonly Lock _sync = new();
    private readonly SlotRing _wide;
    private readonly SlotRing _narrow;
    private readonly WidthPolicy _policy;
    // Of each place, the runs of its slot when it was handed out.
    private readonly long[] _runs;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <param name="wide">Runs on all threads, one at a time.</param>
    /// <param name="narrow">Runs on one thread.</param>
    /// <param name="policy">Decides between them.</param>
    /// <param name="time">The clock.</param>
    public WidthChooser(SlotRing wide, SlotRing narrow, WidthPolicy policy, TimeProvider time)
    {
        (_wide, _narrow, _policy, _time) = (wide, narrow, policy, time);
        _runs = new long[policy.WidePlace + 1];
        _timer = time.CreateTimer(static c => ((WidthChooser)c!).Overdue?.Invoke(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A run that a request waits for takes longer than was expected.</summary>
    public Action? Overdue { get; set; }

    /// <summary>An instance for the first of the requests that wait; false when it is better off, or has to be, waiting for the end of a run.</summary>
    /// <param name="waiting">How many there are.</param>
    /// <param name="instance">The instance.</param>
    public bool TryTake(int waiting, out Instance instance)
    {
        lock (_sync)
        {
            TimeSpan now = Now();
            StartChoice choice = _policy.Ask(waiting, now, out TimeSpan? again);
            if (choice != StartChoice.Later && (choice == StartChoice.AllThreads ? _wide : _narrow).TryTake(out instance))
            {
                int place = Place(instance);
                _runs[place] = instance.Slot.Runs;
                _policy.Began(place, now);
                return true;
            }

            if (again is { } at)
            {
                // Of a timer's milliseconds none may be missing.
                _timer.Change(at - now + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            }

            instance = default;
            return false;
        }
    }

    public void Return(in Instance instance)
    {
        lock (_sync)
        {
            int place = Place(instance);
            _policy.Ended(place, Now(), instance.Slot.Runs == _runs[place] + 1);
            instance.Ring.Return(instance);
        }
    }

    public void Dispose() => _timer.Dispose();

    private int Place(in Instance instance) => instance.Ring == _wide ? _policy.WidePlace : instance.Place;

    private TimeSpan Now() => _time.GetElapsedTime(0, _time.GetTimestamp());
}
