using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// What slow means: later than a bucket. The bucket is fixed, or it is the stable revision's own quantile as known before the block, which
/// keeps the comparison valid: within a block both arms are measured against the same, and nothing the block shows moves it. A bucket is
/// never split, so ties at its bound count alike in both arms. Where so many of stable's newest answers are on one side of it that it is
/// their quantile no more, it is in doubt, and learnt anew once they are as many as those it was learnt from: stable was starting then, or
/// it changed.
/// </summary>
public sealed record LatencyTarget
{
    private const double Rounding = 1e-9;

    // No more than are remembered speak against it before it is learnt anew.
    private const double Most = LatencyHistogram.Memory;

    // Stable's odds of being slow may be off those that the quantile says by this factor: from 2.7 to 31 % at 90, from 1.3 to 17 % at 95.
    private const double MostOff = 4;

    /// <summary>The last bucket that is not slow; null while it is not known.</summary>
    public int? Bucket { get; init; }

    /// <summary>The quantile to follow; null with a fixed target.</summary>
    public double? Quantile { get; init; }

    /// <summary>The stable revision's latencies that the target is made of, with a quantile to follow.</summary>
    public LatencyHistogram? Stable { get; init; }

    /// <summary>Those since, until they are enough to be held against the target; null when there are none.</summary>
    public LatencyHistogram? Recent { get; init; }

    /// <summary>How many in a row speak against the target: above 0 because stable is faster, below because it is slower.</summary>
    public long Against { get; init; }

    /// <summary>Whether stable's newest answers say that it is their quantile no more. It may hide a slow canary then.</summary>
    [JsonIgnore]
    public bool IsInDoubt => Against != 0;

    /// <summary>Latencies of the stable revision that are known.</summary>
    [JsonIgnore]
    public long Known => (Stable?.Total ?? 0) + (Recent?.Total ?? 0);

    [JsonIgnore]
    internal bool IsWhole =>
        Bucket is null or (>= 0 and < LatencyHistogram.Buckets) && Quantile is null or (> 0 and < 1) && Math.Abs((double)Against) <= Most;

    /// <summary>A fixed target.</summary>
    public static LatencyTarget Fixed(int bucket) => new() { Bucket = bucket };

    /// <summary>A target that follows a quantile of the stable revision.</summary>
    public static LatencyTarget Following(double quantile) => new() { Quantile = quantile, Stable = LatencyHistogram.Empty };

    /// <summary>Latencies of the stable revision needed before a quantile is trusted: ten beyond it.</summary>
    public static long SamplesNeeded(double quantile) => Math.Max(100, (long)Math.Ceiling((10 / (1 - quantile)) - Rounding));

    /// <summary>Counts the slow ones; with no target yet there is nothing to count.</summary>
    public ArmCounts Count(IReadOnlyCollection<(int Bucket, long Count)> latencies)
    {
        ArgumentNullException.ThrowIfNull(latencies);
        return Bucket is { } target
            ? new ArmCounts(latencies.Where(l => l.Bucket > target).Sum(l => l.Count), latencies.Sum(l => l.Count))
            : default;
    }

    /// <summary>Remembers latencies of the stable revision, for the blocks to come.</summary>
    public LatencyTarget Learn(IEnumerable<(int Bucket, long Count)> stable) =>
        Stable is null ? this : this with { Recent = (Recent ?? LatencyHistogram.Empty).Add(stable) };

    /// <summary>Called between blocks: the only time the target may move.</summary>
    public LatencyTarget Settle() => Move().Target;

    internal Settled Move()
    {
        if (Quantile is not { } quantile || Stable is null || Recent is not { } recent)
        {
            return new Settled(this);
        }

        var all = Stable.Add(recent);
        if (Bucket is not { } bucket)
        {
            return all.Total < SamplesNeeded(quantile) ? new Settled(this) : LearnAnew(all, quantile);
        }

        // Twice as many as make a quantile, for few beyond it may be few by chance.
        if (recent.Total < 2 * SamplesNeeded(quantile))
        {
            return new Settled(this);
        }

        // One bucket may hold more than a share of all: those in the target's count as slow only where that speaks for leaving it where it
        // is.
        double odds = (1 - quantile) / quantile;
        long against = Odds(recent, bucket - 1) * MostOff < odds ? Math.Max(Against, 0) + recent.Total
            : Odds(recent, bucket) > odds * MostOff ? Math.Min(Against, 0) - recent.Total
            : 0;
        return 2 * Math.Abs(against) >= all.Total
            ? LearnAnew(recent, quantile)
            : new Settled(this with { Bucket = all.Quantile(quantile), Stable = all, Recent = null, Against = against });
    }

    private Settled LearnAnew(LatencyHistogram stable, double quantile)
    {
        int bucket = stable.Quantile(quantile)!.Value;
        return new Settled(
            this with { Bucket = bucket, Stable = stable, Recent = null, Against = 0 }, new ArmCounts(stable.Beyond(bucket), stable.Total));
    }

    private static double Odds(LatencyHistogram latencies, int bucket)
    {
        double beyond = latencies.Beyond(bucket);
        return beyond / (latencies.Total - beyond);
    }
}

/// <summary>A target between two blocks.</summary>
/// <param name="Target">The target of the next block.</param>
/// <param name="Anew">When it was learnt anew: how many of the latencies that it was learnt from are slow by it.</param>
internal sealed record Settled(LatencyTarget Target, ArmCounts? Anew = null);
