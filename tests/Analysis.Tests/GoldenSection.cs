namespace ModelOperator.Analysis.Tests;

/// <summary>The highest point of a function, by looking: a grid first, then golden sections around the best of it.</summary>
internal static class GoldenSection
{
    private const int GridPoints = 20;
    private static readonly double Ratio = (Math.Sqrt(5) - 1) / 2;

    public static (double At, double Value) Highest(Func<double, double> function, double low, double high)
    {
        double step = (high - low) / GridPoints;
        int best = Enumerable.Range(0, GridPoints + 1).MaxBy(i => function(low + (i * step)));
        double left = low + (Math.Max(0, best - 1) * step);
        double right = low + (Math.Min(GridPoints, best + 1) * step);
        while (right - left > 1e-14 + (1e-12 * Math.Abs(right)))
        {
            double first = right - (Ratio * (right - left));
            double second = left + (Ratio * (right - left));
            if (function(first) >= function(second))
            {
                right = second;
            }
            else
            {
                left = first;
            }
        }

        double at = (left + right) / 2;
        return (at, function(at));
    }
}
