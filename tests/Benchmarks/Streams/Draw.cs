namespace ModelOperator.Benchmarks.Streams;

/// <summary>Exact random draws from one seeded source.</summary>
internal sealed class Draw(int seed)
{
    private const int Largest = 1 << 16;

    private static readonly double[] LogFactorial = MakeLogFactorial();

#pragma warning disable CA5394 // Reproducible, not secret.
    private readonly Random _random = new(seed);

    public double Uniform() => _random.NextDouble();
#pragma warning restore CA5394

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>
    /// Binomial, by inversion from the mode outwards: exact up to rounding, and about as many steps as the standard deviation.
    /// </summary>
    public int Binomial(int trials, double rate)
    {
        if (trials == 0 || rate <= 0)
        {
            return 0;
        }

        if (rate >= 1)
        {
            return trials;
        }

        int mode = (int)((trials + 1) * rate);
        mode = Math.Min(mode, trials);
        double odds = rate / (1 - rate);
        double atMode = Math.Exp(
            LogFactorial[trials] - LogFactorial[mode] - LogFactorial[trials - mode] + (mode * Math.Log(rate)) + ((trials - mode) * Math.Log(1 - rate)));
        double left = Uniform() - atMode;
        var (up, down) = (mode, mode);
        var (above, below) = (atMode, atMode);
        while (left > 0)
        {
            bool canGoUp = up < trials;
            bool canGoDown = down > 0;
            if (canGoUp)
            {
                above *= odds * (trials - up) / (up + 1);
                up++;
                left -= above;
                if (left <= 0)
                {
                    return up;
                }
            }

            if (canGoDown)
            {
                below *= down / (odds * (trials - down + 1));
                down--;
                left -= below;
                if (left <= 0)
                {
                    return down;
                }
            }

            // What rounding left over belongs to neither tail.
            if ((!canGoUp || above < 1e-300) && (!canGoDown || below < 1e-300))
            {
                break;
            }
        }

        return mode;
    }

    private static double[] MakeLogFactorial()
    {
        double[] table = new double[Largest + 1];
        for (int i = 2; i <= Largest; i++)
        {
            table[i] = table[i - 1] + Math.Log(i);
        }

        return table;
    }
}
