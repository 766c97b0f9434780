namespace ModelOperator.Analysis;

/// <summary>
/// The e-value of one block: how much more likely the alternative makes it than the nearest point of the null does. Its expectation is
/// at most 1 under every point of the null, so that products over blocks reach 1/alpha, at any time, with probability alpha at most
/// (Ville's inequality): Turner and Grünwald, "Generic E-variables for exact sequential k-sample tests that allow for optional stopping",
/// for blocks of any size.
/// </summary>
/// <remarks>
/// Why: the logarithm of the expectation under rates (p, s) is n_c log(a linear function of p) + n_s log(a linear function of s), concave,
/// and 0 at the projection. The conditions that make the projection the nearest point say that no direction into the null goes up from
/// there; so 0 is its maximum over the null. Nothing is assumed of how rates or sizes change from block to block.
/// </remarks>
public static class EValue
{
    /// <summary>The natural logarithm of the block's e-value; 0 when the alternative lies in the null or an arm is empty.</summary>
    /// <param name="hypothesis">What is tested.</param>
    /// <param name="margin">Accepted difference of the bad rates, from 0 to below 1.</param>
    /// <param name="alternative">Rates guessed from earlier blocks alone.</param>
    /// <param name="block">The counts.</param>
    public static double Log(Hypothesis hypothesis, double margin, Rates alternative, Block block)
    {
        if (block.Canary.Total == 0 || block.Stable.Total == 0 || alternative.InNull(hypothesis, margin))
        {
            return 0;
        }

        Rates nearest = NullProjection.Project(alternative, margin, block.Canary.Total, block.Stable.Total);
        return LogRatio(block.Canary, alternative.Canary, nearest.Canary) + LogRatio(block.Stable, alternative.Stable, nearest.Stable);
    }

    /// <summary>
    /// The same for one arm held against a limit: the nearest point of the null is the limit itself, and the likelihood ratio, which is
    /// monotone in the rate, has expectation 1 there and less inside.
    /// </summary>
    public static double LogOneSample(Hypothesis hypothesis, double limit, double alternative, ArmCounts canary)
    {
        bool isInNull = hypothesis == Hypothesis.Harm ? alternative <= limit : alternative >= limit;
        return isInNull || canary.Total == 0 ? 0 : LogRatio(canary, alternative, NearestToLimit(limit, alternative));
    }

    /// <summary>
    /// The limit itself, or where it is as good as none the least rate there is, but never beyond the alternative: dividing by a rate on
    /// its far side would favour the null.
    /// </summary>
    internal static double NearestToLimit(double limit, double alternative) => Math.Max(limit, Math.Min(Rates.Least, alternative));

    private static double LogRatio(ArmCounts arm, double alternative, double nearest) =>
        (arm.Bad * Math.Log(alternative / nearest)) + ((arm.Total - arm.Bad) * Math.Log((1 - alternative) / (1 - nearest)));
}
