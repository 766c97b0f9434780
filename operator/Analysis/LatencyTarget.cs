using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// What slow means: later than a bucket. The bucket is fixed, or it is the stable revision's own quantile as known before the block, which
/// keeps the comparison valid: within a block both arms are measured against the same, and nothing the block shows moves it. A bucket is
/// never split, so ties at its bound count alike in both arms.
/// </summary>
public sealed record LatencyTarget
{
    /// <summary>The last bucket that is not slow; null while it is not known.</summary>
    public int? Bucket { get; init; }

    /// <summary>The quantile to follow; null with a fixed target.</summary>
    public double? Quantile { get; init; }

    /// <summary>The stable revision's latencies, with a quantile to follow.</summary>
    public LatencyHistogram? Stable { get; init; }

    [JsonIgnore]
    internal bool IsWhole => Bucket is null or (>= 0 and < LatencyHistogram.Buckets) && Quantile is null or (> 0 and < 1);

    /// <summary>A fixed target.</summary>
    public static LatencyTarget Fixed(int bucket) => new() { Bucket = bucket };

    /// <summary>A target that follows a quantile of the stable revision.</summary>
    public static LatencyTarget Following(double quantile) => new() { Quantile = quantile, Stable = LatencyHistogram.Empty };

    /// <summary>Latencies of the stable revision needed before a quantile is trusted: ten beyond it.</summary>
    public static long SamplesNeeded(double quantile) => Math.Max(100, (long)Math.Ceiling(10 / (1 - quantile)));

    /// <summary>Counts the slow ones; with no target yet there is nothing to count.</summary>
    public ArmCounts Count(IReadOnlyCollection<(int Bucket, long Count)> latencies)
    {
        ArgumentNullException.ThrowIfNull(latencies);
        return Bucket is { } target
            ? new ArmCounts(latencies.Where(l => l.Bucket > target).Sum(l => l.Count), latencies.Sum(l => l.Count))
            : default;
    }

    /// <summary>Remembers latencies of the stable revision, for the blocks to come.</summary>
    public LatencyTarget Learn(IEnumerable<(int Bucket, long Count)> stable) => Stable is null ? this : this with { Stable = Stable.Add(stable) };

    /// <summary>Called between blocks: the only time the target may move.</summary>
    public LatencyTarget Settle() => Quantile is { } quantile && Stable is not null && Stable.Total >= SamplesNeeded(quantile)
        ? this with { Bucket = Stable.Quantile(quantile) }
        : this;
}
