namespace ModelOperator.Analysis;

/// <summary>
/// What the past says of both arms' bad rates: the guess the next block is bet on. The memory is bounded, so that a canary that gets
/// worse late is not weighed against all the good it did before.
/// </summary>
public sealed record RunningRates
{
    /// <summary>Trials that are remembered of each arm; older ones fade.</summary>
    public const double Memory = 5000;

    private const double ShrinkageTrials = 2;

    public double CanaryBad { get; init; }
    public double CanaryTotal { get; init; }
    public double StableBad { get; init; }
    public double StableTotal { get; init; }

    /// <summary>The guess; null before the stable arm has been seen, because then there is nothing to bet on.</summary>
    public Rates? Guess()
    {
        if (StableTotal <= 0)
        {
            return null;
        }

        // Smoothing keeps the guess off 0 and 1, where a single surprise would end the process for good; the canary is taken to be like
        // stable until it has shown otherwise.
        double stable = (StableBad + 0.5) / (StableTotal + 1);
        double canary = (CanaryBad + (ShrinkageTrials * stable)) / (CanaryTotal + ShrinkageTrials);
        return new Rates(canary, stable);
    }

    /// <summary>The rates with a block added.</summary>
    public RunningRates Learn(Block block)
    {
        var (canaryBad, canaryTotal) = Fade(CanaryBad + block.Canary.Bad, CanaryTotal + block.Canary.Total);
        var (stableBad, stableTotal) = Fade(StableBad + block.Stable.Bad, StableTotal + block.Stable.Total);
        return new RunningRates { CanaryBad = canaryBad, CanaryTotal = canaryTotal, StableBad = stableBad, StableTotal = stableTotal };
    }

    private static (double Bad, double Total) Fade(double bad, double total) =>
        total <= Memory ? (bad, total) : (bad * Memory / total, Memory);
}
