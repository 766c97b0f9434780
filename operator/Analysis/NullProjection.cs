namespace ModelOperator.Analysis;

/// <summary>
/// The point of the null nearest to an alternative, in Kullback-Leibler divergence weighted by the sizes of the arms. Dividing by the
/// likelihood of this very point is what gives the e-value an expectation of at most 1 under every point of the null.
/// </summary>
public static class NullProjection
{
    /// <summary>Projects rates outside the null onto its border, canary = stable + margin.</summary>
    /// <param name="alternative">Rates outside the null.</param>
    /// <param name="margin">From 0 to below 1.</param>
    /// <param name="canaryTrials">Size of the canary's arm, above 0.</param>
    /// <param name="stableTrials">Size of the stable arm, above 0.</param>
    public static Rates Project(Rates alternative, double margin, long canaryTrials, long stableTrials)
    {
        // The divergence is convex along the border, and its minimum lies between the points where either arm keeps its rate.
        double low = Math.Max(0, Math.Min(alternative.Stable, alternative.Canary - margin));
        double high = Math.Min(1 - margin, Math.Max(alternative.Stable, alternative.Canary - margin));
        while (true)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                // A border at 0 is never the answer: both rates are above it.
                double stable = low > 0 ? low : high;
                return new Rates(stable + margin, stable);
            }

            if (Slope(middle, alternative, margin, canaryTrials, stableTrials) < 0)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
    }

    private static double Slope(double stable, Rates alternative, double margin, long canaryTrials, long stableTrials)
    {
        double canary = stable + margin;
        return (canaryTrials * (canary - alternative.Canary) / (canary * (1 - canary)))
            + (stableTrials * (stable - alternative.Stable) / (stable * (1 - stable)));
    }
}
