namespace ModelOperator.Cli.Simulate;

/// <summary>The middle of a number of values, and what all but a tenth of them lie between.</summary>
internal sealed record Spread(double Median, double P5, double P95)
{
    /// <summary>The spread of values; null when there are none.</summary>
    public static Spread? Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? null : new Spread(At(sorted, 0.5), At(sorted, 0.05), At(sorted, 0.95));
    }

    // Nearest rank: a value that there was.
    private static double At(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
