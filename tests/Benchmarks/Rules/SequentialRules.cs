using ModelOperator.Analysis;

namespace ModelOperator.Benchmarks.Rules;

/// <summary>A one-sided two-proportion z-test at 99 %, on all counts so far, looked at after every block.</summary>
internal sealed class PeekedZTest : IRule
{
    private const double Deviations = 2.326;

    private Block _total;

    public bool RollsBack(Block block)
    {
        _total += block;
        var (canary, stable) = (_total.Canary, _total.Stable);
        double pooled = (canary.Bad + stable.Bad) / (double)(canary.Total + stable.Total);
        double variance = pooled * (1 - pooled) * ((1.0 / canary.Total) + (1.0 / stable.Total));
        return variance > 0 && (canary.Rate - stable.Rate) / Math.Sqrt(variance) > Deviations;
    }
}

/// <summary>
/// The sequential probability ratio test that knows the true rates: no test with the same error rate is faster on average.
/// </summary>
internal sealed class KnownRates(double canary, double stable) : IRule
{
    private double _log;

    public bool RollsBack(Block block)
    {
        _log += EValue.Log(Hypothesis.Harm, 0, new Rates(canary, stable), block);
        return _log >= -Math.Log(0.01);
    }

    /// <summary>Canary requests it needs by theory: ln(1/alpha) over the growth of the logarithm a canary request.</summary>
    public static double Limit(double canary, double stable, double share)
    {
        double pooled = (share * canary) + ((1 - share) * stable);
        return Math.Log(100) / (Divergence(canary, pooled) + ((1 - share) / share * Divergence(stable, pooled)));
    }

    private static double Divergence(double of, double from) => (of * Math.Log(of / from)) + ((1 - of) * Math.Log((1 - of) / (1 - from)));
}
