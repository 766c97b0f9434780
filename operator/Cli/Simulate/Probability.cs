namespace ModelOperator.Cli.Simulate;

/// <summary>A share of the runs, and where the probability lies with 95 % confidence (Wilson).</summary>
internal sealed record Probability(double Share, double Low, double High)
{
    private const double Normal975 = 1.959963984540054;

    public static Probability Of(int count, int runs)
    {
        double share = (double)count / runs;
        double square = Normal975 * Normal975 / runs;
        double middle = (share + (square / 2)) / (1 + square);
        double half = Normal975 * Math.Sqrt((share * (1 - share) / runs) + (square / runs / 4)) / (1 + square);
        return new Probability(share, Rounded(Math.Max(0, middle - half)), Rounded(Math.Min(1, middle + half)));
    }

    private static double Rounded(double value) => Math.Round(value, 6);
}
