using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// What is known of requests not being independent of each other: bursts and wobble that hit one arm alone, which no exact method
/// foresees. While neither stable's past nor the rollout shows any, evidence counts in full and is exact. Once it shows, evidence is
/// divided by the factor the variance is larger by, and has to persist.
/// </summary>
public sealed record Dispersion
{
    // Stable's past is looked at up to 64 blocks, beyond which the day's own course would show.
    private const int StableScales = 7;
    private const int RolloutScales = 11;

    // Evidence so large that even a dispersion four times the one measured does not explain it need not persist: an outage is no burst.
    private const double Outage = 4;

    // Blocks over which stable's rate is followed, so that the day's course is no wobble.
    private const int MostRecentBlocks = 64;

    /// <summary>Stable's recent bad answers.</summary>
    public double RecentBad { get; init; }

    public double RecentTotal { get; init; }

    /// <summary>Blocks the recent rate stands for.</summary>
    public int RecentBlocks { get; init; }

    /// <summary>Stable alone, before the rollout and in it: a control group that says soonest what wobbles.</summary>
    public BatchMeans Stable { get; init; } = new(StableScales);

    /// <summary>The difference of the arms, in the rollout.</summary>
    public BatchDifferences Arms { get; init; } = new(RolloutScales);

    public Persistence Persistence { get; init; } = new();

    [JsonIgnore]
    internal bool IsWhole => RecentBad >= 0 && RecentBad <= RecentTotal * (1 + 1e-9) && RecentTotal <= long.MaxValue && RecentBlocks is >= 0 and <= MostRecentBlocks
        && Stable is not null && Stable.IsWhole(StableScales) && Arms is not null && Arms.IsWhole(RolloutScales) && Persistence is { IsWhole: true };

    /// <summary>The factor by which the variance of the counts may be larger than that of independent requests; 1 while nothing shows.</summary>
    public double Factor()
    {
        var (stable, arms) = (Stable.Ratio(), Arms.Ratio());
        return Math.Max(stable.IsSure ? stable.Factor : 1, arms.IsSure ? arms.Factor : 1);
    }

    /// <summary>What of the evidence holds in spite of the dispersion.</summary>
    internal double Temper(EProcess process, Hypothesis hypothesis)
    {
        double exact = process.LogValue();
        if (exact <= process.LogPeak)
        {
            return exact;
        }

        double factor = Factor();
        if (factor <= 1)
        {
            return exact;
        }

        double persistent = Math.Min(process.LogValue(factor), Persistence.LogValue(hypothesis == Hypothesis.Harm));
        return Math.Max(persistent, process.LogValue(Outage * factor));
    }

    /// <summary>Learns from a block of stable, before the rollout or in it.</summary>
    internal Dispersion LearnStable(ArmCounts counts)
    {
        // By blocks, whatever their sizes: a quiet one must not wipe out what the busy ones before it told.
        double kept = RecentBlocks < MostRecentBlocks ? 1 : MostRecentBlocks / (MostRecentBlocks + 1.0);

        // Against less than is to be judged, the guess would vary more than the block.
        bool isKnown = RecentTotal > 0 && RecentTotal >= counts.Total;
        return this with
        {
            RecentBad = (RecentBad + counts.Bad) * kept,
            RecentTotal = (RecentTotal + counts.Total) * kept,
            RecentBlocks = Math.Min(RecentBlocks + 1, MostRecentBlocks),
            Stable = isKnown ? Stable.Add(Contrast.Of(counts, (RecentBad + 0.5) / (RecentTotal + 1))) : Stable,
        };
    }

    /// <summary>Bad means something else from now on: stable's rate is another, and the next block no neighbour of the last. How much both wobble stays.</summary>
    internal Dispersion StartAnew(ArmCounts stable) =>
        this with { RecentBad = stable.Bad, RecentTotal = stable.Total, RecentBlocks = 1, Arms = Arms.Interrupt() };

    /// <summary>Learns from a block of the rollout.</summary>
    internal Dispersion Learn(Criterion criterion, Block block, ArmCounts canaryBefore, bool learnsStable = true)
    {
        Contrast contrast = criterion.IsLimit
            ? Contrast.Of(block.Canary, (canaryBefore.Bad + block.Canary.Bad + 0.5) / (canaryBefore.Total + block.Canary.Total + 1.0))
            : Contrast.Of(block);
        double beyond = criterion.IsLimit ? block.Canary.Bad - (block.Canary.Total * criterion.Value) : contrast.Excess - (contrast.Size * criterion.Value);
        var learnt = learnsStable && block.Stable.Total > 0 ? LearnStable(block.Stable) : this;
        return learnt with { Arms = Arms.Add(contrast), Persistence = Persistence.Add(beyond) };
    }
}
