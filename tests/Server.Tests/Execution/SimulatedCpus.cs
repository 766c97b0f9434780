using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Execution;

/// <summary>CPUs that are shared fairly by the threads of runs, and requests that <see cref="WidthPolicy"/> starts on them, in a time of their own.</summary>
/// <param name="cpus">How many.</param>
/// <param name="narrow">Milliseconds of a run on one thread.</param>
/// <param name="wide">The same on all.</param>
internal sealed class SimulatedCpus(int cpus, double narrow, double wide)
{
    private readonly WidthPolicy _policy = new(cpus, TimeSpan.FromMilliseconds(wide), TimeSpan.FromMilliseconds(narrow));
    private readonly double?[] _left = new double?[cpus + 1];
    private readonly double[] _from = new double[cpus + 1];
    private readonly List<double> _waiting = [];

    private int _arrived;

    /// <summary>When the policy is to be asked again though nothing has happened.</summary>
    public double? Again { get; private set; }

    public double Now { get; private set; }

    /// <summary>From arrival to end, of each run in the order of their ends.</summary>
    public List<double> Took { get; } = [];

    /// <summary>How each started.</summary>
    public List<StartChoice> Starts { get; } = [];

    public int Running => _left.Count(l => l is not null);

    /// <summary>A request comes now.</summary>
    /// <param name="longer">How many times as long as usual it takes.</param>
    public void Arrive(double longer = 1)
    {
        // It is received some microseconds before it can start, never as many as the one before.
        _waiting.Add(Now - (0.001 * (1 + (_arrived++ % 7))));
        Start(longer);
    }

    /// <summary>The policy is asked again.</summary>
    public void Ask() => Start(1);

    /// <summary>Goes on to a point in time; runs that end on the way are told.</summary>
    public void GoTo(double time, Action? ended = null)
    {
        while (true)
        {
            double share = Share();
            double next = _left.Min(l => Now + (l / share)) ?? double.PositiveInfinity;
            Pass(Math.Min(next, time), share);
            if (next > time)
            {
                return;
            }

            End();
            ended?.Invoke();
        }
    }

    private double Share()
    {
        int threads = _left.Take(cpus).Count(l => l is not null) + (_left[cpus] is null ? 0 : cpus);
        return Math.Min(1, (double)cpus / Math.Max(1, threads));
    }

    private void Pass(double to, double share)
    {
        for (int place = 0; place <= cpus; place++)
        {
            _left[place] -= (to - Now) * share;
        }

        Now = to;
    }

    private void End()
    {
        int place = Array.IndexOf(_left, _left.Min());
        _left[place] = null;
        _policy.Ended(place, TimeSpan.FromMilliseconds(Now), whole: true);
        Took.Add(Now - _from[place]);
        Start(1);
    }

    private void Start(double longer)
    {
        while (_waiting.Count > 0)
        {
            TimeSpan now = TimeSpan.FromMilliseconds(Now);
            StartChoice choice = _policy.Ask(_waiting.Count, TimeSpan.FromMilliseconds(_waiting[0]), now, out TimeSpan? again);
            Again = again?.TotalMilliseconds;
            if (choice == StartChoice.Later)
            {
                return;
            }

            int place = choice == StartChoice.AllThreads ? cpus : Array.IndexOf(_left, null);
            (_left[place], _from[place]) = ((choice == StartChoice.AllThreads ? wide : narrow) * longer, _waiting[0]);
            _policy.Began(place, now);
            _waiting.RemoveAt(0);
            Starts.Add(choice);
        }
    }
}
