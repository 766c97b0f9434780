using System.Runtime.InteropServices;

namespace ModelOperator.Analysis;

/// <summary>
/// By how many bad answers a block of the canary is above what was to be expected were its requests and stable's alike, and the variance
/// of that if every request were on its own (hypergeometric; binomial for one arm alone). A base rate that moves for both arms alike does
/// not show in it.
/// </summary>
/// <param name="Excess">Bad answers above expectation.</param>
/// <param name="Variance">Variance of the excess, were requests independent.</param>
/// <param name="Size">Excess per unit of difference of the rates.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Contrast(double Excess, double Variance, double Size)
{
    /// <summary>The contrast of both arms.</summary>
    public static Contrast Of(Block block)
    {
        double canary = block.Canary.Total;
        double stable = block.Stable.Total;
        double all = canary + stable;
        double bad = (double)block.Canary.Bad + block.Stable.Bad;
        if (canary == 0 || stable == 0)
        {
            return default;
        }

        double size = canary * stable / all;
        return new Contrast(block.Canary.Bad - (canary * bad / all), size * (bad / all) * ((all - bad) / (all - 1)), size);
    }

    /// <summary>
    /// The same less what a steady difference of the arms explains: of the excess, the mean difference so far; of the variance, what the
    /// arms' own rates leave to chance where that is more than a common rate would.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="total">All blocks up to this one.</param>
    /// <param name="difference">The mean difference of the rates up to this one.</param>
    public static Contrast OfUnequal(Block block, Block total, double difference)
    {
        var contrast = Of(block);
        double canary = (total.Canary.Bad + 0.5) / (total.Canary.Total + 1.0);
        double stable = (total.Stable.Bad + 0.5) / (total.Stable.Total + 1.0);
        double common = (total.Canary.Bad + total.Stable.Bad + 0.5) / ((double)total.Canary.Total + total.Stable.Total + 1.0);
        double own = contrast.Size * ((canary * (1 - canary) / block.Canary.Total) + (stable * (1 - stable) / block.Stable.Total));
        return contrast with
        {
            Excess = contrast.Excess - (contrast.Size * difference),

            // In proportion, so that a rate that moves for both arms alike does not show.
            Variance = contrast.Variance * Math.Max(1, own / (common * (1 - common))),
        };
    }

    /// <summary>The contrast of one arm with an expected rate.</summary>
    public static Contrast Of(ArmCounts arm, double expected) =>
        new(arm.Bad - (arm.Total * expected), arm.Total * expected * (1 - expected), arm.Total);
}
