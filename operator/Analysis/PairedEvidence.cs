using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// Evidence from pairs: both revisions answered the same request. What both got right or both got wrong cancels out, so that far fewer
/// requests are needed. The difference of a pair is 1 where the canary alone was wrong, -1 where stable alone was, else 0; its mean is bet
/// on. With no margin only the discordant pairs move the bets: a mixture over chances against one half.
/// </summary>
public sealed record PairedEvidence
{
    public long Pairs { get; init; }

    /// <summary>Pairs in which the canary alone was wrong.</summary>
    public long OnlyCanaryBad { get; init; }

    /// <summary>Pairs in which stable alone was wrong.</summary>
    public long OnlyStableBad { get; init; }

    public EProcess Harm { get; init; } = new();

    public EProcess Safety { get; init; } = new();

    /// <summary>Adds pairs, one or many at once.</summary>
    /// <param name="pairs">All pairs, concordant ones included.</param>
    /// <param name="onlyCanaryBad">Of these, those in which the canary alone was wrong.</param>
    /// <param name="onlyStableBad">Of these, those in which stable alone was wrong.</param>
    /// <param name="margin">Accepted difference of the bad rates, from 0 to below 1.</param>
    public PairedEvidence Add(long pairs, long onlyCanaryBad, long onlyStableBad, double margin)
    {
        Criterion.CheckShare(margin, nameof(margin));
        ArgumentOutOfRangeException.ThrowIfNegative(onlyCanaryBad);
        ArgumentOutOfRangeException.ThrowIfNegative(onlyStableBad);
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs - onlyStableBad, onlyCanaryBad, nameof(pairs));
        return new PairedEvidence
        {
            Pairs = Pairs + pairs,
            OnlyCanaryBad = OnlyCanaryBad + onlyCanaryBad,
            OnlyStableBad = OnlyStableBad + onlyStableBad,
            Harm = Bet(Harm, Hypothesis.Harm),
            Safety = Bet(Safety, Hypothesis.Safety),
        };

        EProcess Bet(EProcess process, Hypothesis hypothesis)
        {
            Span<double> logs = stackalloc double[EffectSizes.Count];
            Stakes.Place(hypothesis, margin, 1, onlyCanaryBad, logs);
            Stakes.Place(hypothesis, margin, -1, onlyStableBad, logs);
            Stakes.Place(hypothesis, margin, 0, pairs - onlyCanaryBad - onlyStableBad, logs);
            var next = process.Multiply(logs);
            return next.Show(next.LogValue());
        }
    }

    /// <summary>The difference of the bad rates, at all times at once.</summary>
    public Interval Interval(double errorRate) => RateSequence.Difference(OnlyCanaryBad, Pairs, OnlyStableBad, Pairs, errorRate);

    [JsonIgnore]
    internal bool IsWhole => Pairs is >= 0 and <= long.MaxValue / 4 && OnlyCanaryBad >= 0 && OnlyStableBad >= 0
        && OnlyCanaryBad <= Pairs - OnlyStableBad && Harm is { IsWhole: true } && Safety is { IsWhole: true };
}
