namespace ModelOperator.Analysis;

/// <summary>
/// Evidence against a null, gathered block by block: a mixture of products of e-values, one product started at every block, with prior
/// weight 1/2 for the first and the other half spread over the later ones. A product that began with losses (a cold start, a canary that
/// was good at first) so does not hide what comes after. As every product is a test supermartingale and the weights add up to 1, so is the
/// mixture. Kept in logarithms, which neither overflow nor vanish.
/// </summary>
public sealed record EProcess
{
    /// <summary>Blocks that were bet on.</summary>
    public long Bets { get; init; }

    /// <summary>Logarithm of the products in progress, each times its weight, the one that starts with the next block included.</summary>
    public double LogStarted { get; init; } = Math.Log(0.5);

    /// <summary>The highest logarithm ever reached; what was once shown stays shown.</summary>
    public double LogPeak { get; init; }

    /// <summary>Logarithm of the evidence now.</summary>
    public double LogValue() => LogSum(LogStarted, Math.Log(0.5 / (Bets + 1)));

    /// <summary>The process after a block on which it bet.</summary>
    public EProcess Multiply(double logEValue)
    {
        long bets = Bets + 1;
        double nextWeight = Math.Log(0.5) - Math.Log(bets) - Math.Log(bets + 1);
        var next = new EProcess { Bets = bets, LogStarted = LogSum(LogStarted + logEValue, nextWeight) };
        return next with { LogPeak = Math.Max(LogPeak, next.LogValue()) };
    }

    private static double LogSum(double left, double right)
    {
        double high = Math.Max(left, right);
        return high + Math.Log(Math.Exp(left - high) + Math.Exp(right - high));
    }
}
