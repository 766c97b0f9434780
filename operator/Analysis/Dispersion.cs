using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// What is known of requests not being independent of each other: bursts and wobble that hit one arm alone, which no exact method
/// foresees. While neither stable's past nor the rollout shows any, evidence counts in full and is exact. Once it shows, evidence is
/// divided by the factor the variance is larger by, and has to persist.
/// </summary>
public sealed record Dispersion
{
    // Up to 256 blocks, and 1,024.
    private const int StableScales = 9;
    private const int RolloutScales = 11;

    private const double LongestBatchSeconds = 2560;

    // A canary that turns bad is one large difference on every time scale: among fewer others it would pass for wobble.
    private const double LeastDifferences = 8;

    // What persists over batches longer than any burst needs no division; that it is evidence at all is asked for good measure.
    internal const double MostWhereItPersists = 64;

    // Evidence so large that even a dispersion four times the one measured does not explain it need not persist: an outage is no burst.
    internal const double Outage = 4;

    // No count comes near.
    private const double Largest = 1e20;

    /// <summary>Seconds of a block.</summary>
    public double BlockSeconds { get; init; } = 10;

    /// <summary>Stable alone, before the rollout and in it: a control group that says soonest what wobbles.</summary>
    public SecondDifferences Stable { get; init; } = new(StableScales);

    /// <summary>The difference of the arms, in the rollout.</summary>
    public BatchDifferences Arms { get; init; } = new(RolloutScales);

    /// <summary>Sum of the blocks' excesses and of their sizes: their ratio is the mean difference of the rates.</summary>
    public double ExcessSum { get; init; }

    public double SizeSum { get; init; }

    public Persistence? Persistence { get; init; }

    // Over longer batches than these the course of the day would show.
    private int Scales => 1 + Math.Clamp((int)Math.Log2(LongestBatchSeconds / BlockSeconds), 0, StableScales - 1);

    [JsonIgnore]
    internal bool IsWhole => BlockSeconds is > 0 and <= 86_400 && Math.Abs(ExcessSum) <= Largest && SizeSum is >= 0 and <= Largest
        && Stable is not null && Stable.IsWhole(StableScales)
        && Arms is not null && Arms.IsWhole(RolloutScales) && Persistence is null or { IsWhole: true };

    /// <summary>
    /// The factor by which the variance of the counts may be larger than that of independent requests; 1 while nothing shows.
    /// </summary>
    public double Factor()
    {
        var (stable, arms) = (Stable.Ratio(Scales), Arms.Ratio(least: LeastDifferences));
        return Math.Max(stable.IsSure ? stable.Factor : 1, arms.IsSure ? arms.Factor : 1);
    }

    /// <summary>What of the evidence holds in spite of the dispersion.</summary>
    internal double Temper(EProcess process)
    {
        double exact = process.LogValue();
        if (exact <= process.LogPeak)
        {
            return exact;
        }

        double factor = Factor();
        return factor <= 1
            ? exact
            : Hold(process.LogValue(Math.Min(factor, MostWhereItPersists)), process.LogValue(Outage * factor), Hypothesis.Harm);
    }

    /// <summary>What holds of evidence divided by the factor: what persists, or what would hold at four times the factor.</summary>
    internal double Hold(double divided, double atOutage, Hypothesis hypothesis) =>
        Math.Max(Math.Min(divided, Persistence?.LogValue(hypothesis == Hypothesis.Harm) ?? 0), atOutage);

    /// <summary>Learns from a block of stable, before the rollout or in it.</summary>
    internal Dispersion LearnStable(ArmCounts counts) => this with { Stable = Stable.Add(counts) };

    /// <summary>
    /// Bad means something else from now on: the next block is no neighbour of the last. How much both arms wobble stays.
    /// </summary>
    internal Dispersion StartAnew() => this with { Stable = Stable.Interrupt(), Arms = Arms.Interrupt() };

    /// <summary>Learns from a block of the rollout.</summary>
    /// <param name="criterion">What the canary is held against.</param>
    /// <param name="block">The block.</param>
    /// <param name="total">All blocks of the rollout up to this one.</param>
    /// <param name="learnsStable">Whether stable is as it was.</param>
    internal Dispersion Learn(Criterion criterion, Block block, Block total, bool learnsStable = true)
    {
        // Before the block: how long batches are must not depend on what they hold.
        var persistence = Persistence ?? Persistence.Over(Stable.LogLengthOfBursts(Scales));
        var learnt = learnsStable && block.Stable.Total > 0 ? LearnStable(block.Stable) : this;
        if (criterion.IsLimit)
        {
            var beyond = block.Canary.Bad - (block.Canary.Total * criterion.Value);
            var contrast = Contrast.Of(block.Canary, (total.Canary.Bad + 0.5) / (total.Canary.Total + 1.0));
            return learnt with { Arms = Arms.Add(contrast), Persistence = persistence.Add(beyond) };
        }

        var plain = Contrast.Of(block);
        var (excess, size) = (ExcessSum + plain.Excess, SizeSum + plain.Size);
        return learnt with
        {
            ExcessSum = excess,
            SizeSum = size,
            Arms = Arms.Add(Contrast.OfUnequal(block, total, excess / size)),
            Persistence = persistence.Add(plain.Excess - (plain.Size * criterion.Value)),
        };
    }
}
