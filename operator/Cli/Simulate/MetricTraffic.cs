using ModelOperator.Rollouts;

namespace ModelOperator.Cli.Simulate;

/// <summary>What a Prometheus server would show of one revision.</summary>
internal sealed class MetricTraffic(MetricBehaviour behaviour, Draw draw)
{
    private long _bad;
    private long _total;
    private long _sinceMean;

    /// <summary>Counts requests.</summary>
    public void Add(int requests, double factor)
    {
        _total += requests;
        _sinceMean += requests;
        _bad += draw.Binomial(requests, Math.Clamp(behaviour.Value * factor, 0, 1));
    }

    /// <summary>The counters as they stand.</summary>
    public CounterReading Counters() => new(_bad, _total);

    /// <summary>The mean since it was last asked for; null without requests.</summary>
    public double? Mean()
    {
        long requests = _sinceMean;
        _sinceMean = 0;
        return requests == 0 ? null : behaviour.Value + (behaviour.Deviation / Math.Sqrt(requests) * draw.Normal());
    }
}
