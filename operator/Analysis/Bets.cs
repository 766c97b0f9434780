namespace ModelOperator.Analysis;

/// <summary>The alternatives bet on: from the border of the null away by every effect size, on the scale of odds.</summary>
internal static class Bets
{
    /// <summary>Logarithms of a block's e-values, one for every effect size.</summary>
    /// <param name="hypothesis">What is tested.</param>
    /// <param name="criterion">What the canary is held against.</param>
    /// <param name="baseRate">Stable's bad rate, known from earlier blocks alone; not looked at with a limit.</param>
    /// <param name="block">The counts.</param>
    /// <param name="logs">Where they go.</param>
    public static void Place(Hypothesis hypothesis, Criterion criterion, double baseRate, Block block, Span<double> logs)
    {
        double border = criterion.IsLimit ? criterion.Value : baseRate + criterion.Value;

        // At a border of 0 or 1 the odds are none: what lies beyond is not possible, or any bad answer at all is proof.
        border = Math.Clamp(border, 1e-6, 1 - 1e-6);
        double logOdds = Math.Log(border / (1 - border));
        for (int i = 0; i < logs.Length; i++)
        {
            double effect = EffectSizes.LogOdds[i];
            double canary = 1 / (1 + Math.Exp(-(logOdds + (hypothesis == Hypothesis.Harm ? effect : -effect))));
            logs[i] = criterion.IsLimit
                ? EValue.LogOneSample(hypothesis, criterion.Value, canary, block.Canary)
                : EValue.Log(hypothesis, criterion.Value, new Rates(canary, baseRate), block);
        }
    }
}
