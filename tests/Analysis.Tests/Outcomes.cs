namespace ModelOperator.Analysis.Tests;

/// <summary>Everything that blocks of given sizes can show, and how likely that is.</summary>
internal static class Outcomes
{
    public static IEnumerable<Block> Of(int canary, int stable) =>
        from c in Enumerable.Range(0, canary + 1)
        from s in Enumerable.Range(0, stable + 1)
        select new Block(new ArmCounts(c, canary), new ArmCounts(s, stable));

    public static double Probability(Block block, Rates truth) =>
        Binomial((int)block.Canary.Total, (int)block.Canary.Bad, truth.Canary)
            * Binomial((int)block.Stable.Total, (int)block.Stable.Bad, truth.Stable);

    public static double Expectation(int canary, int stable, Rates truth, Func<Block, double> value)
    {
        double sum = 0;
        foreach (var block in Of(canary, stable))
        {
            double probability = Probability(block, truth);
            sum += probability == 0 ? 0 : probability * value(block);
        }

        return sum;
    }

    public static double Binomial(int trials, int bad, double rate)
    {
        double ways = 1;
        for (int i = 1; i <= bad; i++)
        {
            ways *= (double)(trials - bad + i) / i;
        }

        return ways * Math.Pow(rate, bad) * Math.Pow(1 - rate, trials - bad);
    }
}
