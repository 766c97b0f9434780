using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// What one step of the rollout shows of safety: that the canary is within the criterion on average over the requests of the step, and in
/// its last blocks. What an earlier step showed at another weight says nothing of this one, and a few good blocks make up for no bad
/// average.
/// </summary>
/// <remarks>
/// For fixed t and u, exp(t B + u S) over the product of the generating functions of the blocks' counts is a martingale, whatever their
/// rates. The logarithm of the generating function of a trial, log(1 + p (exp(t) - 1)), is concave in p. So by Jensen's inequality the
/// functions of all blocks are at most those of as many trials with the average rates, and the largest value of these under the null bounds
/// the martingale from below: an e-process against "worse than the criterion on average". The average is over each arm's requests, which is
/// the same average of time while the weights stay. A mixture over effect sizes and three guesses of stable's rate, fixed when the step
/// begins. The tilts t and u follow the ratio of the arms' totals, which does not depend on how requests turn out; while weights stay it
/// hardly moves, and simulated error rates stay below the nominal ones.
/// </remarks>
public sealed record StepEvidence
{
    // The guess of the base rate from stable's past is as good as always right; one that is off costs time, not validity.
    private static readonly (double Factor, double Weight)[] Guesses = [(1, 0.8), (0.25, 0.1), (4, 0.1)];

    private const double LargestTilt = 100;

    // In blocks: a minute or two of ten-second ones.
    private const int WindowBlocks = 6;

    /// <summary>Which step of the rollout; below 0 between two of them, where nothing is shown of safety.</summary>
    public int Step { get; init; }

    /// <summary>Counts of the step's closed blocks.</summary>
    public Block Counts { get; init; }

    /// <summary>Stable's bad rate as known before the step; 0 before its first block.</summary>
    public double BaseRate { get; init; }

    /// <summary>The last blocks, up to six.</summary>
    public Block Recent { get; init; }

    /// <summary>The six before those.</summary>
    public Block Earlier { get; init; }

    public int RecentBlocks { get; init; }

    [JsonIgnore]
    internal bool IsWhole => Counts.IsWhole && Recent.IsWhole && Earlier.IsWhole && BaseRate is >= 0 and < 1
        && RecentBlocks is >= 0 and <= WindowBlocks;

    /// <summary>The evidence with one more block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="baseRate">Stable's bad rate as known before it.</param>
    internal StepEvidence Add(Block block, double baseRate)
    {
        bool isFull = RecentBlocks == WindowBlocks;
        return this with
        {
            Counts = Counts + block,
            BaseRate = BaseRate > 0 ? BaseRate : baseRate,
            Recent = isFull ? block : Recent + block,
            Earlier = isFull ? Recent : Earlier,
            RecentBlocks = isFull ? 1 : RecentBlocks + 1,
        };
    }

    /// <summary>Logarithm of the evidence that the average over the step is within the criterion.</summary>
    /// <param name="criterion">What the canary is held against.</param>
    /// <param name="dispersion">What evidence is divided by.</param>
    internal double LogSafety(Criterion criterion, double dispersion)
    {
        if (Step < 0 || BaseRate <= 0 || !criterion.IsMetBy(Counts))
        {
            return 0;
        }

        Span<double> logs = stackalloc double[EffectSizes.Count];
        Span<double> weighted = stackalloc double[Guesses.Length];
        for (int g = 0; g < weighted.Length; g++)
        {
            var (factor, weight) = Guesses[g];
            double guess = Math.Min(BaseRate * factor, 0.5 + (BaseRate / 2));
            for (int i = 0; i < logs.Length; i++)
            {
                logs[i] = LogRatio(criterion, guess, EffectSizes.LogOdds[i]);
            }

            weighted[g] = Math.Log(weight * weighted.Length) + LogMean(logs, dispersion);
        }

        return LogMean(weighted, 1);
    }

    /// <summary>Logarithm of the evidence that the last blocks alone are beyond the criterion.</summary>
    internal double LogRecentHarm(Criterion criterion, double dispersion)
    {
        Block window = Earlier + Recent;
        if (BaseRate <= 0 || !criterion.IsMetBy(window))
        {
            return 0;
        }

        Span<double> logs = stackalloc double[EffectSizes.Count];
        Bets.Place(Hypothesis.Harm, criterion, BaseRate, window, logs);
        return LogMean(logs, dispersion);
    }

    /// <summary>Logarithm of the evidence for one alternative: so much better than the border, at one guess of stable's rate.</summary>
    private double LogRatio(Criterion criterion, double guess, double effect)
    {
        double border = Math.Clamp(criterion.IsLimit ? criterion.Value : guess + criterion.Value, 1e-6, 1 - 1e-6);
        double odds = border / (1 - border) * Math.Exp(-effect);
        var alternative = new Rates(odds / (1 + odds), guess);
        if (criterion.IsLimit)
        {
            if (alternative.Canary >= criterion.Value)
            {
                return 0;
            }

            double tilt = Tilt(alternative.Canary, border);
            return (tilt * Counts.Canary.Bad) - (Counts.Canary.Total * Math.Log(1 + (border * (Math.Exp(tilt) - 1))));
        }

        if (alternative.InNull(Hypothesis.Safety, criterion.Value))
        {
            return 0;
        }

        var nearest = NullProjection.Project(alternative, criterion.Value, Counts.Canary.Total, Counts.Stable.Total);
        double canaryTilt = Tilt(alternative.Canary, nearest.Canary);
        double stableTilt = Tilt(alternative.Stable, nearest.Stable);
        return (canaryTilt * Counts.Canary.Bad) + (stableTilt * Counts.Stable.Bad)
            - LargestUnderNull(canaryTilt, stableTilt, criterion.Value);
    }

    /// <summary>
    /// The largest logarithm of the generating functions on the border of the null: concave, with its summit where the slope is 0.
    /// </summary>
    private double LargestUnderNull(double canaryTilt, double stableTilt, double margin)
    {
        double canary = Math.Exp(canaryTilt) - 1;
        double stable = Math.Exp(stableTilt) - 1;
        var (canaryTotal, stableTotal) = ((double)Counts.Canary.Total, (double)Counts.Stable.Total);
        double summit = -((canaryTotal * canary) + (stableTotal * stable * (1 + (margin * canary))))
            / (canary * stable * (canaryTotal + stableTotal));
        double rate = double.IsNaN(summit) ? 0 : Math.Clamp(summit, 0, 1 - margin);
        return (canaryTotal * Math.Log(1 + ((rate + margin) * canary))) + (stableTotal * Math.Log(1 + (rate * stable)));
    }

    // Any will do; those that tend to infinity would be no numbers.
    private static double Tilt(double rate, double from) =>
        Math.Clamp(Math.Log(rate / (1 - rate)) - Math.Log(from / (1 - from)), -LargestTilt, LargestTilt);

    private static double LogMean(ReadOnlySpan<double> logs, double dispersion)
    {
        double Divided(double log) => log > 0 ? log / dispersion : log;
        double highest = double.NegativeInfinity;
        foreach (double log in logs)
        {
            highest = Math.Max(highest, Divided(log));
        }

        double sum = 0;
        foreach (double log in logs)
        {
            sum += Math.Exp(Divided(log) - highest);
        }

        return highest + Math.Log(sum / logs.Length);
    }
}
