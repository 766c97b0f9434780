using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Tests.Execution;

/// <summary>CPUs that are shared fairly by the threads of runs, and requests that <see cref="WidthPolicy"/> starts on them, in a time of their own.</summary>
/// <param name="cpus">How many.</param>
/// <param name="narrow">Milliseconds of a run on one thread.</param>
/// <param name="wide">The same on all.</param>
/// <param name="always">Starts them all in one way instead.</param>
internal sealed class SimulatedCpus(int cpus, double narrow, double wide, StartChoice? always = null)
{
    private readonly WidthPolicy? _policy = always is null ? new(cpus, TimeSpan.FromMilliseconds(wide), TimeSpan.FromMilliseconds(narrow)) : null;
    // Milliseconds of its own that each run has left, by place; the one on all threads is last. Negative where none is.
    private readonly double[] _left = [.. Enumerable.Repeat(-1.0, cpus + 1)];
    private readonly double[] _from = new double[cpus + 1];
    private readonly Queue<(double From, double Longer)> _waiting = [];
    private int _edge;
    private int _stolen;

    /// <summary>Something else uses a CPU more, or one less, from a point in time on; in the order of time.</summary>
    public IReadOnlyList<(double Time, int Change)> Thefts { get; init; } = [];

    /// <summary>When the policy is to be asked again though nothing has happened.</summary>
    public double? Again { get; private set; }

    public double Now { get; private set; }

    /// <summary>From arrival to end, of each run in the order of their ends.</summary>
    public List<double> Took { get; } = [];

    /// <summary>How each started.</summary>
    public List<StartChoice> Starts { get; } = [];

    public int Running { get; private set; }

    /// <summary>A request comes now.</summary>
    /// <param name="longer">How many times as long as usual it takes.</param>
    public void Arrive(double longer = 1)
    {
        _waiting.Enqueue((Now, longer));
        Start();
    }

    /// <summary>Goes on to a point in time; runs that end on the way are told.</summary>
    public void GoTo(double time, Action? ended = null)
    {
        while (true)
        {
            double share = Share();
            int place = Next();
            double end = place < 0 ? double.PositiveInfinity : Now + (_left[place] / share);
            double edge = _edge < Thefts.Count ? Thefts[_edge].Time : double.PositiveInfinity;
            // As a timer of milliseconds does it.
            double again = Again + 1 ?? double.PositiveInfinity;
            double next = Math.Min(Math.Min(end, edge), again);
            Pass(Math.Min(next, time), share);
            if (next > time)
            {
                return;
            }

            if (next == end)
            {
                End(place);
                ended?.Invoke();
            }
            else if (next == edge)
            {
                _stolen += Thefts[_edge++].Change;
            }
            else
            {
                Start();
            }
        }
    }

    private double Share()
    {
        int threads = Running + (_left[cpus] < 0 ? 0 : cpus - 1);
        // Of a single CPU that something else wants too, half.
        double free = Math.Max(0.5, cpus - _stolen);
        return Math.Min(1, free / Math.Max(1, threads));
    }

    private int Next()
    {
        int next = -1;
        for (int place = 0; place <= cpus; place++)
        {
            next = _left[place] >= 0 && (next < 0 || _left[place] < _left[next]) ? place : next;
        }

        return next;
    }

    private void Pass(double to, double share)
    {
        for (int place = 0; place <= cpus; place++)
        {
            _left[place] = _left[place] < 0 ? -1 : Math.Max(0, _left[place] - ((to - Now) * share));
        }

        Now = to;
    }

    private void End(int place)
    {
        _left[place] = -1;
        Running--;
        _policy?.Ended(place, TimeSpan.FromMilliseconds(Now), whole: true);
        Took.Add(Now - _from[place]);
        Start();
    }

    private void Start()
    {
        Again = null;
        while (_waiting.Count > 0)
        {
            StartChoice choice = Choose();
            if (choice == StartChoice.Later)
            {
                return;
            }

            (double from, double longer) = _waiting.Dequeue();
            int place = choice == StartChoice.AllThreads ? cpus : Array.FindIndex(_left, l => l < 0);
            (_left[place], _from[place]) = ((choice == StartChoice.AllThreads ? wide : narrow) * longer, from);
            Running++;
            _policy?.Began(place, TimeSpan.FromMilliseconds(Now));
            Starts.Add(choice);
        }
    }

    private StartChoice Choose()
    {
        if (_policy is null)
        {
            return Running < (always == StartChoice.AllThreads ? 1 : cpus) ? always!.Value : StartChoice.Later;
        }

        StartChoice choice = _policy.Ask(_waiting.Count, TimeSpan.FromMilliseconds(Now), out TimeSpan? again);
        Again = again?.TotalMilliseconds;
        return choice;
    }
}
