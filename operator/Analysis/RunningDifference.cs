namespace ModelOperator.Analysis;

/// <summary>
/// The difference of the bad rates, averaged over blocks by how much each can tell, with an interval that holds at all times at once: the
/// empirical-Bernstein confidence sequence of Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic
/// confidence sequences" (theorem 4 with the polynomial stitched boundary, eq. 10). It asks nothing of how rates move, needs no normal approximation,
/// and decides nothing: verdicts are the e-processes'.
/// </summary>
public sealed record RunningDifference
{
    // The boundary: epochs grow by 2, their error is spread as k^-1.4, zeta(1.4) = 3.1055.
    private const double Spread = 1.4;
    private const double ZetaOfSpread = 3.1055472779775815;
    private static readonly double RootFactor = (Math.Pow(2, 0.25) + Math.Pow(2, -0.25)) / Math.Sqrt(2);
    private static readonly double LinearFactor = (Math.Sqrt(2) + 1) / 2;

    /// <summary>Sum over blocks of size times difference.</summary>
    public double Sum { get; init; }

    /// <summary>Sum of the sizes.</summary>
    public double Size { get; init; }

    /// <summary>Sum of the squared surprises of single requests against the rates known before.</summary>
    public double Surprise { get; init; }

    /// <summary>The estimate, or null before any data.</summary>
    public double? Estimate() => Size > 0 ? Sum / Size : null;

    /// <summary>The interval; the widest there is before any data.</summary>
    /// <param name="errorRate">Probability that it ever fails to hold.</param>
    /// <param name="dispersion">The factor by which counts vary more than independent requests.</param>
    public Interval Interval(double errorRate, double dispersion)
    {
        if (Size <= 0)
        {
            return new Interval(-1, 1);
        }

        double variance = Math.Max(1, Surprise * dispersion);
        double level = (Spread * Math.Log(Math.Log2(2 * variance))) + Math.Log(2 * ZetaOfSpread / errorRate);
        double boundary = Math.Sqrt((RootFactor * RootFactor * variance * level) + (LinearFactor * LinearFactor * level * level)) + (LinearFactor * level);
        double estimate = Sum / Size;
        return new Interval(Math.Max(-1, estimate - (boundary / Size)), Math.Min(1, estimate + (boundary / Size)));
    }

    /// <summary>The difference with a block added; both expected rates known before it.</summary>
    internal RunningDifference Add(Block block, double expectedCanary, double expectedStable)
    {
        double canary = block.Canary.Total;
        double stable = block.Stable.Total;
        if (canary == 0 || stable == 0)
        {
            return this;
        }

        double size = canary * stable / (canary + stable);
        return new RunningDifference
        {
            Sum = Sum + (size * (block.Canary.Rate - block.Stable.Rate)),
            Size = Size + size,
            Surprise = Surprise + SurpriseOf(block.Canary, expectedCanary, size / canary) + SurpriseOf(block.Stable, expectedStable, size / stable),
        };
    }

    /// <summary>The same of the canary's own rate.</summary>
    internal RunningDifference Add(ArmCounts canary, double expected) => new()
    {
        Sum = Sum + canary.Bad,
        Size = Size + canary.Total,
        Surprise = Surprise + SurpriseOf(canary, expected, 1),
    };

    private static double SurpriseOf(ArmCounts arm, double expected, double weight) =>
        weight * weight * ((arm.Bad * (1 - expected) * (1 - expected)) + ((arm.Total - arm.Bad) * expected * expected));
}
