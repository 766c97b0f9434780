using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// Evidence from means: in each block both arms show one number, scaled to 0 to 1, where higher is worse. Their difference is bet on.
/// Blocks whose differences go together over time make the evidence count less, by the factor that batches of them vary more than single
/// ones, or that neighbours are alike: the noise of a mean is not known beforehand as that of a count is, so that batches alone would show
/// it too late.
/// </summary>
public sealed record MeanEvidence
{
    private const int Scales = 11;

    // A canary that turns bad is one large difference on every time scale, which must not pass for wobble: it counts as five standard
    // deviations, among as many others.
    private const double MostOfOne = 25;
    private const double LeastDifferences = 16;

    // Less is rounding.
    private const double LeastVariance = 1e-12;

    public string Settings { get; init; } = "";

    public long Blocks { get; init; }

    /// <summary>Sum of the canary's means.</summary>
    public double Canary { get; init; }

    /// <summary>Sum of stable's means.</summary>
    public double Stable { get; init; }

    /// <summary>Sum of the squared surprises.</summary>
    public double Surprise { get; init; }

    public BatchDifferences Wobble { get; init; } = new(Scales);

    public EProcess Harm { get; init; } = new();

    public EProcess Safety { get; init; } = new();

    /// <summary>The step of the rollout that safety is of.</summary>
    public int Step { get; init; }

    [JsonIgnore]
    internal bool IsWhole =>
        Settings is not null && Blocks is >= 0 and < 1L << 53 && Canary >= 0 && Canary <= Blocks && Stable >= 0 && Stable <= Blocks
        && Surprise >= 0 && Surprise <= 4.0 * Blocks && Harm is { IsWhole: true } && Safety is { IsWhole: true } && Wobble is not null
        && Wobble.IsWhole(Scales);

    /// <summary>Adds one block.</summary>
    /// <param name="canary">The canary's mean, 0 to 1.</param>
    /// <param name="stable">Stable's mean, 0 to 1.</param>
    /// <param name="margin">How much higher the canary's may be, from 0 to below 1.</param>
    public MeanEvidence Add(double canary, double stable, double margin)
    {
        CheckMean(canary, nameof(canary));
        CheckMean(stable, nameof(stable));
        Criterion.CheckShare(margin, nameof(margin));
        double difference = canary - stable;
        // The first is no surprise: what is constant must not look like noise, nor its standing still like neighbours that are alike.
        double surprise = Blocks == 0 ? 0 : difference - ((Canary - Stable) / Blocks);
        double variance = (Surprise + (surprise * surprise)) / (Blocks + 1);
        var wobble = Wobble.Add(new Contrast(difference, variance < LeastVariance ? 0 : variance, 1), MostOfOne);
        double factor = FactorOf(wobble);
        return this with
        {
            Blocks = Blocks + 1,
            Canary = Canary + canary,
            Stable = Stable + stable,
            Surprise = Surprise + (surprise * surprise),
            Wobble = wobble,
            Harm = Bet(Harm, Hypothesis.Harm),
            Safety = Bet(Safety, Hypothesis.Safety),
        };

        EProcess Bet(EProcess process, Hypothesis hypothesis)
        {
            Span<double> logs = stackalloc double[EffectSizes.Count];
            Stakes.Place(hypothesis, margin, difference, 1, logs);
            var next = process.Multiply(logs);
            return next.Show(next.LogValue(factor));
        }
    }

    /// <summary>Goes on in another step of the rollout: what was shown at another weight is no evidence of safety here.</summary>
    public MeanEvidence Enter(int step) =>
        step == Step ? this : this with { Step = step, Safety = new EProcess(), Harm = Harm.BeginStep() };

    /// <summary>The difference of the means, at all times at once.</summary>
    public Interval Interval(double errorRate) =>
        RateSequence.Difference(Canary / Factor(), Blocks / Factor(), Stable / Factor(), Blocks / Factor(), errorRate);

    internal double Factor() => FactorOf(Wobble);

    private static double FactorOf(BatchDifferences wobble) =>
        Math.Max(wobble.NeighbourFactor(), wobble.Ratio(isOfCounts: false, least: LeastDifferences) is (true, var factor) ? factor : 1);

    private static void CheckMean(double mean, string name)
    {
        if (mean is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, mean, "A mean is scaled to 0 to 1.");
        }
    }
}
