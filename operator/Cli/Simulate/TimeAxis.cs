namespace ModelOperator.Cli.Simulate;

/// <summary>An axis of time: even, or by powers where some rollouts end far later than others.</summary>
internal sealed class TimeAxis
{
    // Beyond this the early ones would all stand at the left edge.
    private const double WideRatio = 30;
    private const int MostTicks = 9;
    private const double LeastGap = 48;

    private static readonly int[] Units =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000];

    private readonly double _least;
    private readonly double _most;
    private readonly double _left;
    private readonly double _width;

    /// <param name="first">When the first thing happens.</param>
    /// <param name="firstEnd">When the first rollout ends.</param>
    /// <param name="last">When the last one does.</param>
    /// <param name="left">Where the axis begins in the picture.</param>
    /// <param name="width">How long it is.</param>
    public TimeAxis(double first, double firstEnd, double last, double left, double width)
    {
        (_left, _width) = (left, width);
        IsLogarithmic = last / Math.Max(1, firstEnd) > WideRatio;
        _least = IsLogarithmic ? Math.Max(1, first) : 0;
        _most = Math.Max(last, _least + 1);
    }

    public bool IsLogarithmic { get; }

    /// <summary>Where a time stands.</summary>
    public double At(double seconds)
    {
        double clamped = Math.Clamp(seconds, _least, _most);
        return _left
            + (_width * (IsLogarithmic ? Math.Log(clamped / _least) / Math.Log(_most / _least) : (clamped - _least) / (_most - _least)));
    }

    /// <summary>The time at a place.</summary>
    public double Of(double x)
    {
        double share = (x - _left) / _width;
        return IsLogarithmic ? _least * Math.Pow(_most / _least, share) : _least + (share * (_most - _least));
    }

    /// <summary>Round times, not too near to each other.</summary>
    public IReadOnlyList<double> Ticks()
    {
        if (!IsLogarithmic)
        {
            int step = Units.FirstOrDefault(unit => _most / unit <= MostTicks, Units[^1]);
            return [.. Enumerable.Range(0, (int)(_most / step) + 1).Select(i => (double)i * step)];
        }

        var ticks = new List<double>();
        foreach (int unit in Units.Where(
            unit => unit >= _least && unit <= _most && (ticks.Count == 0 || At(unit) - At(ticks[^1]) >= LeastGap)))
        {
            ticks.Add(unit);
        }

        return ticks;
    }
}
