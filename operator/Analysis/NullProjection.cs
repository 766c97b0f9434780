namespace ModelOperator.Analysis;

/// <summary>
/// The point of the null nearest to an alternative, in Kullback-Leibler divergence weighted by the sizes of the arms. Dividing by the
/// likelihood of this very point is what gives the e-value an expectation of at most 1 under every point of the null.
/// </summary>
public static class NullProjection
{
    // An error of the rate enters the expectation by its square only.
    private const double Precision = 1e-13;

    /// <summary>Projects rates outside the null onto its border, canary = stable + margin.</summary>
    /// <param name="alternative">Rates outside the null.</param>
    /// <param name="margin">From 0 to below 1.</param>
    /// <param name="canaryTrials">Size of the canary's arm, above 0.</param>
    /// <param name="stableTrials">Size of the stable arm, above 0.</param>
    public static Rates Project(Rates alternative, double margin, long canaryTrials, long stableTrials)
    {
        double share = canaryTrials / ((double)canaryTrials + stableTrials);
        if (margin == 0)
        {
            double pooled = (share * alternative.Canary) + ((1 - share) * alternative.Stable);
            return new Rates(pooled, pooled);
        }

        // The divergence is convex along the border, and its minimum lies between the points where either arm keeps its rate.
        double low = Math.Max(0, Math.Min(alternative.Stable, alternative.Canary - margin));
        double high = Math.Min(1 - margin, Math.Max(alternative.Stable, alternative.Canary - margin));
        double stable = Math.Clamp((share * (alternative.Canary - margin)) + ((1 - share) * alternative.Stable), low, high);
        while (high - low > Precision * high)
        {
            var (slope, curvature) = Slope(stable, alternative, margin, share);
            if (slope < 0)
            {
                low = stable;
            }
            else
            {
                high = stable;
            }

            // Asked first: a step too small to leave the bracket is one that has arrived.
            double next = stable - (slope / curvature);
            if (Math.Abs(next - stable) <= Precision * stable)
            {
                stable = Math.Clamp(next, low, high);
                break;
            }

            // Newton's step where it stays inside what is left, else the middle.
            if (!(next > low && next < high))
            {
                next = low + ((high - low) / 2);
                if (next <= low || next >= high)
                {
                    break;
                }
            }

            stable = next;
        }

        // A border at 0 or 1 is never the answer, however near to it the larger arm draws: at it a count of none times infinity would be no
        // number.
        stable = Math.Max(stable, double.Epsilon);
        return new Rates(Math.Min(stable + margin, Math.BitDecrement(1.0)), stable);
    }

    private static (double Slope, double Curvature) Slope(double stable, Rates alternative, double margin, double share)
    {
        double canary = stable + margin;
        double canaryVariance = canary * (1 - canary);
        double stableVariance = stable * (1 - stable);
        double canaryPart = (canary - alternative.Canary) / canaryVariance;
        double stablePart = (stable - alternative.Stable) / stableVariance;
        return (
            (share * canaryPart) + ((1 - share) * stablePart),
            (share * (1 - (canaryPart * (1 - (2 * canary)))) / canaryVariance)
                + ((1 - share) * (1 - (stablePart * (1 - (2 * stable)))) / stableVariance));
    }
}
