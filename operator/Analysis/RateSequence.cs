namespace ModelOperator.Analysis;

/// <summary>
/// A confidence sequence of a rate: intervals that hold at all times at once. Robbins' method of mixtures with a Beta(1/2, 1/2) over
/// alternatives: a rate is kept while the mixture of likelihood ratios against it stays below 1/alpha ("Statistical methods related to the
/// law of the iterated logarithm", 1970; Howard et al., "Time-uniform, nonparametric, nonasymptotic confidence sequences"). Exact for any
/// counts.
/// </summary>
/// <remarks>
/// Where the rate moves it holds at any one time for the average so far, and for the mean of anything between 0 and 1: their generating
/// functions lie below that of as many trials with the average rate. That it then still holds at all times at once is not proved, as the
/// mixture moves with the average; no course was found where it does not. It decides nothing; verdicts are the e-processes'.
/// </remarks>
public static class RateSequence
{
    private const double Prior = 0.5;
    private const int Steps = 60;

    /// <summary>The interval of one rate; 0 to 1 before any trial.</summary>
    /// <param name="bad">Bad trials, or the sum of the observations.</param>
    /// <param name="total">Trials.</param>
    /// <param name="errorRate">Probability that it ever fails to hold.</param>
    public static Interval Of(double bad, double total, double errorRate)
    {
        if (total <= 0)
        {
            return new Interval(0, 1);
        }

        // Sums of observations round.
        bad = Math.Clamp(bad, 0, total);
        double rate = bad / total;
        double level = LogBeta(bad + Prior, total - bad + Prior) - LogBeta(Prior, Prior) + Math.Log(errorRate);
        return new Interval(
            bad <= 0 ? 0 : Border(kept: rate, rejected: 0, bad, total, level),
            bad >= total ? 1 : Border(kept: rate, rejected: 1, bad, total, level));
    }

    /// <summary>The interval of the difference of two rates, each with half the error.</summary>
    public static Interval Difference(double bad, double total, double otherBad, double otherTotal, double errorRate)
    {
        var one = Of(bad, total, errorRate / 2);
        var other = Of(otherBad, otherTotal, errorRate / 2);
        return new Interval(one.Low - other.High, one.High - other.Low);
    }

    // The likelihood falls on either side of the observed rate, so the border is found by halving.
    private static double Border(double kept, double rejected, double bad, double total, double level)
    {
        for (int i = 0; i < Steps; i++)
        {
            double middle = (kept + rejected) / 2;
            if ((bad * Math.Log(middle)) + ((total - bad) * Math.Log(1 - middle)) > level)
            {
                kept = middle;
            }
            else
            {
                rejected = middle;
            }
        }

        return kept;
    }

    private static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    // Stirling's series, after the recurrence has brought the argument where it is exact to the last digits (DLMF 5.11.1, 5.5.1).
    private static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 10; x++)
        {
            shift -= Math.Log(x);
        }

        double square = x * x;
        double series = ((1 / 12.0) - ((1 / 360.0) - ((1 / 1260.0) - (1 / (1680.0 * square))) / square) / square) / x;
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series;
    }
}
