namespace ModelOperator.Rollouts;

/// <summary>What a Prometheus server says for one guardrail: both revisions' counters, or both revisions' means.</summary>
public sealed record MetricAnswer
{
    /// <summary>When it was asked.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The canary's counters as they stand; null with a mean, and while there are none.</summary>
    public CounterReading? CanaryCounters { get; init; }

    /// <summary>The stable revision's counters as they stand.</summary>
    public CounterReading? StableCounters { get; init; }

    /// <summary>The canary's mean over the last interval, in the metric's own unit; null with counters, and while there is none.</summary>
    public double? CanaryMean { get; init; }

    /// <summary>The stable revision's mean over the last interval.</summary>
    public double? StableMean { get; init; }

    /// <summary>Why there is nothing to count, for people; null when all is well.</summary>
    public string? Problem { get; init; }
}

/// <summary>Two counters as they stand.</summary>
/// <param name="Bad">What went badly.</param>
/// <param name="Total">Everything, bad included.</param>
public sealed record CounterReading(double Bad, double Total);
