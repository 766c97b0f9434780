namespace ModelOperator.Cli.Simulate;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    /// <summary>The share below a value, to 1e-7 of it (Press et al., "Numerical Recipes", 6.2: erfc by a fitted exponential).</summary>
    public static double Below(double value)
    {
        double z = Math.Abs(value) / Math.Sqrt(2);
        double t = 1 / (1 + (z / 2));
        double series = t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806 + (t * (0.27886807
            + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277))))))))))))))));
        double beyond = t * Math.Exp((-z * z) - 1.26551223 + series) / 2;
        return value >= 0 ? 1 - beyond : beyond;
    }
}
