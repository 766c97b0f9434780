namespace ModelOperator.Analysis;

/// <summary>
/// The e-value of one block: how much more likely the alternative makes it than the nearest point of the null does. Its expectation is
/// at most 1 under every point of the null, so that products over blocks reach 1/alpha, at any time, with probability alpha at most:
/// Turner and Grünwald's argument, for blocks of any size.
/// </summary>
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

    private static double LogRatio(ArmCounts arm, double alternative, double nearest) =>
        (arm.Bad * Math.Log(alternative / nearest)) + ((arm.Total - arm.Bad) * Math.Log((1 - alternative) / (1 - nearest)));
}
