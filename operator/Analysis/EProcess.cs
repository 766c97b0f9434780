using System.Runtime.Intrinsics;
using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// Evidence against a null, gathered block by block: a mixture of products of e-values, one product for every effect size and every block
/// to start at. The first block as start has prior weight 0.8. The second gets a quarter of the rest, later ones a fifth of 1/k of what is
/// left at block k, so that a product that began with losses (a cold start, a canary that was good at first) does not hide what comes
/// after: its prior after a day of ten-second blocks is still 1 in 700,000. A step of the rollout gets a quarter of what is left, since
/// more load is what breaks a canary. As every product is a test supermartingale and the weights add up to 1 at most, so is the mixture.
/// Kept in logarithms, which neither overflow nor vanish.
/// </summary>
public sealed record EProcess
{
    private const double FirstStart = 0.8;
    private const double StartShare = 0.2;
    private const double StepShare = 0.25;
    private const double AnewShare = 0.5;

    // Beyond it the logarithms themselves would overflow when added up; no threshold is anywhere near.
    private const double Bound = 1e15;

    /// <summary>Blocks that were bet on.</summary>
    public long Bets { get; init; }

    /// <summary>Prior weight of the starts to come.</summary>
    public double Unstarted { get; init; } = 1 - FirstStart;

    /// <summary>For every effect size the logarithm of its products in progress, each times its weight.</summary>
    public StateVector LogProducts { get; init; } = new([.. Enumerable.Repeat(Math.Log(FirstStart), EffectSizes.Count)]);

    /// <summary>The highest logarithm of evidence ever shown; what was once shown stays shown.</summary>
    public double LogPeak { get; init; }

    [JsonIgnore]
    internal bool IsWhole => Bets is >= 0 and < 1L << 53 && Unstarted is > 0 and <= 1 && LogPeak is >= 0 and <= 2 * Bound
        && LogProducts is not null && LogProducts.IsWhole(EffectSizes.Count, 2 * Bound);

    /// <summary>
    /// Logarithm of the evidence now. With a dispersion above 1 every product's evidence is divided by it, as a quasi-likelihood is:
    /// never more than the exact evidence.
    /// </summary>
    public double LogValue(double dispersion = 1)
    {
        var divisor = Vector256.Create(dispersion);
        Span<double> logs = stackalloc double[EffectSizes.Count];
        double highest = Math.Log(Unstarted);
        for (int i = 0; i < logs.Length; i += Vector256<double>.Count)
        {
            var log = Vector256.Create(LogProducts.Values[i..]);
            Vector256.ConditionalSelect(Vector256.GreaterThan(log, Vector256<double>.Zero), log / divisor, log).CopyTo(logs[i..]);
        }

        foreach (double log in logs)
        {
            highest = Math.Max(highest, log);
        }

        var sum = Vector256<double>.Zero;
        for (int i = 0; i < logs.Length; i += Vector256<double>.Count)
        {
            sum += Vector256.Exp(Vector256.Create<double>(logs[i..]) - Vector256.Create(highest));
        }

        return highest + Math.Log((Vector256.Sum(sum) / EffectSizes.Count) + (Unstarted * Math.Exp(-highest)));
    }

    /// <summary>The process after a block on which it bet.</summary>
    /// <param name="logEValues">Logarithm of the block's e-value for every effect size.</param>
    /// <param name="most">The most that any of them counts: an e-value cut off is one still.</param>
    public EProcess Multiply(ReadOnlySpan<double> logEValues, double most = double.PositiveInfinity)
    {
        double[] next = new double[EffectSizes.Count];
        for (int i = 0; i < next.Length; i += Vector256<double>.Count)
        {
            var product = Vector256.Create(LogProducts.Values[i..])
                + Vector256.Min(Vector256.Create(logEValues[i..]), Vector256.Create(most));
            Vector256.Clamp(product, Vector256.Create(-Bound), Vector256.Create(Bound)).CopyTo(next, i);
        }

        return (this with { Bets = Bets + 1, LogProducts = new StateVector(next) }).Start(Bets == 0 ? StepShare : StartShare / (Bets + 2));
    }

    /// <summary>The process at the beginning of a step, where a fault is likelier to begin than anywhere else.</summary>
    public EProcess BeginStep() => Bets == 0 ? this : Start(StepShare);

    /// <summary>The process where what it measures is another from here on: most of what was bet on before says nothing of it.</summary>
    public EProcess BeginAnew() => Bets == 0 ? this : Start(AnewShare);

    /// <summary>Remembers how much was shown.</summary>
    public EProcess Show(double logEvidence) => logEvidence > LogPeak ? this with { LogPeak = logEvidence } : this;

    /// <summary>Starts products at the next block, with a share of the weight that is left for such.</summary>
    private EProcess Start(double share)
    {
        var weight = Vector256.Create(Math.Log(Unstarted * share));
        double[] next = new double[EffectSizes.Count];
        for (int i = 0; i < next.Length; i += Vector256<double>.Count)
        {
            LogSum(Vector256.Create(LogProducts.Values[i..]), weight).CopyTo(next, i);
        }

        return this with { Unstarted = Unstarted * (1 - share), LogProducts = new StateVector(next) };
    }

    private static Vector256<double> LogSum(Vector256<double> left, Vector256<double> right)
    {
        var high = Vector256.Max(left, right);
        return high + Vector256.Log(Vector256<double>.One + Vector256.Exp(Vector256.Min(left, right) - high));
    }
}
