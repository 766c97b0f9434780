using System.Collections.Immutable;

namespace ModelOperator.Cli.Simulate;

/// <summary>How a revision behaves.</summary>
internal sealed record ArmBehaviour
{
    /// <summary>Share of answers that are right; null when nobody said.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Share of requests that fail; null when nobody said.</summary>
    public double? Errors { get; init; }

    /// <summary>95 % of answers are faster; null when nobody said.</summary>
    public TimeSpan? P95 { get; init; }

    /// <summary>Half of the answers are faster; null when nobody said.</summary>
    public TimeSpan? P50 { get; init; }

    /// <summary>What the Prometheus guardrails measure, by their names.</summary>
    public ImmutableSortedDictionary<string, MetricBehaviour> Metrics { get; init; } =
        ImmutableSortedDictionary.Create<string, MetricBehaviour>(StringComparer.Ordinal);

    /// <summary>Share of answers that are wrong.</summary>
    public double Wrong => 1 - (Accuracy ?? 1);

    /// <summary>Share of requests that fail.</summary>
    public double Failed => Errors ?? 0;

    /// <summary>The median latency; where only the 95 % quantile is known, so much of it as is usual.</summary>
    public TimeSpan Median => P50 ?? (P95 ?? default) / LatencyDistribution.P95OverP50;

    /// <summary>The latencies; null when nobody said.</summary>
    public LatencyDistribution? Latency() => P95 is { } p95 ? new LatencyDistribution(Median, p95) : null;

    /// <summary>
    /// This behaviour, and where it says nothing the other's. A median without a quantile of its own belongs to the other's.
    /// </summary>
    public ArmBehaviour Or(ArmBehaviour other) => new()
    {
        Accuracy = Accuracy ?? other.Accuracy,
        Errors = Errors ?? other.Errors,
        P95 = P95 ?? other.P95,
        P50 = P50 ?? (P95 is null ? other.P50 : null),
        Metrics = other.Metrics.SetItems(Metrics),
    };
}

/// <summary>
/// What a Prometheus guardrail measures of a revision: the share that is bad, or a mean and how single requests stray from it.
/// </summary>
internal sealed record MetricBehaviour(double Value, double Deviation);
