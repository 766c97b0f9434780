namespace ModelOperator.Cli.Simulate;

/// <summary>Logarithms of factorials.</summary>
internal static class LogFactorial
{
    private const int Tabled = 1024;

    private static readonly double[] Table = Make();

    /// <summary>ln n!</summary>
    public static double Of(int n)
    {
        if (n < Tabled)
        {
            return Table[n];
        }

        // Stirling's series (DLMF 5.11.1), exact to the last digit from here on.
        double x = n + 1.0;
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + (1 / (12 * x)) - (1 / (360 * x * x * x));
    }

    private static double[] Make()
    {
        double[] table = new double[Tabled];
        for (int i = 2; i < Tabled; i++)
        {
            table[i] = table[i - 1] + Math.Log(i);
        }

        return table;
    }
}
