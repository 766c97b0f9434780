namespace ModelOperator.Analysis;

/// <summary>
/// Bets on a mean of observations in [-1, 1]: 1 + stake times (observation less margin), whose expectation is 1 at most while the mean is
/// within the margin, whatever else is true of it; mixed over stakes. Waudby-Smith and Ramdas, "Estimating means of bounded random
/// variables by betting".
/// </summary>
internal static class Stakes
{
    /// <summary>Logarithms of the e-values of so many equal observations, added to what is there.</summary>
    public static void Place(Hypothesis hypothesis, double margin, double observation, double times, Span<double> logs)
    {
        double gain = hypothesis == Hypothesis.Harm ? observation - margin : margin - observation;
        for (int i = 0; i < logs.Length; i++)
        {
            logs[i] += times * Math.Log(1 + (EffectSizes.Stakes[i] * gain / (1 + margin)));
        }
    }
}
