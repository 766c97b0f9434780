namespace ModelOperator.Analysis;

/// <summary>
/// The differences that are bet on, as log odds ratios against the border of the null. Even steps on the scale of logarithms, 1.5 between
/// neighbours: whatever the true effect is between 1.2 and 25 times the odds, one of them grows at 95 % of the best possible rate, and not
/// knowing which costs the logarithm of their number at most.
/// </summary>
internal static class EffectSizes
{
    public const int Count = 8;

    private const double Smallest = 0.2;
    private const double Largest = 3.2;

    private static readonly double[] LogOddsRatios =
        [.. Enumerable.Range(0, Count).Select(i => Smallest * Math.Pow(Largest / Smallest, i / (Count - 1.0)))];

    // A fair coin's odds changed by the ratio: the stake that is best against it.
    private static readonly double[] BestStakes = [.. LogOddsRatios.Select(ratio => Math.Tanh(ratio / 2))];

    public static ReadOnlySpan<double> LogOdds => LogOddsRatios;

    /// <summary>The parts of the capital staked on a bounded mean.</summary>
    public static ReadOnlySpan<double> Stakes => BestStakes;
}
