namespace ModelOperator.Cli.Simulate;

/// <summary>
/// Counts drawn by inversion, from the mode outwards: exact up to rounding, and about as many steps as the standard deviation.
/// </summary>
internal static class Inversion
{
    // What rounding left over belongs to neither tail.
    private const double Nothing = 1e-300;

    /// <summary>How many come in a time in which so many come on average.</summary>
    /// <param name="uniform">A uniform draw, from 0 to below 1.</param>
    /// <param name="mean">Mean, above 0.</param>
    public static int Poisson(double uniform, double mean)
    {
        int mode = (int)mean;
        double atMode = Math.Exp((mode * Math.Log(mean)) - mean - LogFactorial.Of(mode));
        return FromMode(uniform, mode, int.MaxValue, atMode, k => mean / (k + 1), k => k / mean);
    }

    /// <summary>How many of so many trials go one way.</summary>
    /// <param name="uniform">A uniform draw, from 0 to below 1.</param>
    /// <param name="trials">Trials, 1 at least.</param>
    /// <param name="rate">Chance of each, between 0 and 1.</param>
    public static int Binomial(double uniform, int trials, double rate)
    {
        int mode = Math.Min((int)((trials + 1) * rate), trials);
        double odds = rate / (1 - rate);
        double atMode = Math.Exp(
            LogFactorial.Of(trials) - LogFactorial.Of(mode) - LogFactorial.Of(trials - mode) + (mode * Math.Log(rate))
                + ((trials - mode) * Math.Log(1 - rate)));
        return FromMode(uniform, mode, trials, atMode, k => odds * (trials - k) / (k + 1), k => k / (odds * (trials - k + 1)));
    }

    private static int FromMode(double uniform, int mode, int most, double atMode, Func<int, double> toNext, Func<int, double> toPrevious)
    {
        double left = uniform - atMode;
        var (up, down) = (mode, mode);
        var (above, below) = (atMode, atMode);
        while (left > 0)
        {
            if (up < most)
            {
                above *= toNext(up++);
                left -= above;
                if (left <= 0)
                {
                    return up;
                }
            }

            if (down > 0)
            {
                below *= toPrevious(down--);
                left -= below;
                if (left <= 0)
                {
                    return down;
                }
            }

            if ((up >= most || above < Nothing) && (down == 0 || below < Nothing))
            {
                break;
            }
        }

        return mode;
    }
}
