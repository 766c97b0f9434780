using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// Evidence against a null, gathered block by block: a mixture of products of e-values, one product for every effect size and every block
/// to start at. The first block as start has prior weight 0.8; the rest is spread over the later ones, so that a product that began with
/// losses (a cold start, a canary that was good at first) does not hide what comes after. As every product is a test supermartingale and
/// the weights add up to 1, so is the mixture. Kept in logarithms, which neither overflow nor vanish.
/// </summary>
public sealed record EProcess
{
    private const double FirstStart = 0.8;

    // Beyond it the logarithms themselves would overflow when added up; no threshold is anywhere near.
    private const double Bound = 1e15;

    /// <summary>Blocks that were bet on.</summary>
    public long Bets { get; init; }

    /// <summary>For every effect size the logarithm of its products in progress, each times its weight.</summary>
    public StateVector LogProducts { get; init; } = new([.. Enumerable.Repeat(Math.Log(FirstStart), EffectSizes.Count)]);

    /// <summary>The highest logarithm of evidence ever shown; what was once shown stays shown.</summary>
    public double LogPeak { get; init; }

    [JsonIgnore]
    internal bool IsWhole => LogProducts.Count == EffectSizes.Count;

    /// <summary>
    /// Logarithm of the evidence now. With a dispersion above 1 every product's evidence is divided by it, as a quasi-likelihood is:
    /// never more than the exact evidence.
    /// </summary>
    public double LogValue(double dispersion = 1)
    {
        double highest = Math.Log(Unstarted);
        Span<double> logs = stackalloc double[EffectSizes.Count];
        for (int i = 0; i < logs.Length; i++)
        {
            double log = LogProducts[i];
            logs[i] = log > 0 ? log / dispersion : log;
            highest = Math.Max(highest, logs[i]);
        }

        double sum = Unstarted * Math.Exp(-highest);
        foreach (double log in logs)
        {
            sum += Math.Exp(log - highest) / EffectSizes.Count;
        }

        return highest + Math.Log(sum);
    }

    /// <summary>The process after a block on which it bet.</summary>
    /// <param name="logEValues">Logarithm of the block's e-value for every effect size.</param>
    public EProcess Multiply(ReadOnlySpan<double> logEValues)
    {
        long bets = Bets + 1;
        double startNext = Math.Log((1 - FirstStart) / bets / (bets + 1.0));
        double[] next = new double[EffectSizes.Count];
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = LogSum(Math.Clamp(LogProducts[i] + logEValues[i], -Bound, Bound), startNext);
        }

        return this with { Bets = bets, LogProducts = new StateVector(next) };
    }

    /// <summary>Remembers how much was shown.</summary>
    public EProcess Show(double logEvidence) => logEvidence > LogPeak ? this with { LogPeak = logEvidence } : this;

    private double Unstarted => (1 - FirstStart) / (Bets + 1);

    private static double LogSum(double left, double right)
    {
        double high = Math.Max(left, right);
        return high + Math.Log(1 + Math.Exp(Math.Min(left, right) - high));
    }
}
