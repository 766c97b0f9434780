using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>
/// Evidence that requests are not split between the revisions as the routing table says (a sample ratio mismatch). Immutable, and its JSON
/// carries it over a restart.
/// </summary>
/// <remarks>
/// The share that the table gives the canary is known. So for any share q beyond the allowed ones, with b the nearest allowed share, x
/// draws of the canary among n make the e-value (q/b)^x ((1-q)/(1-b))^(n-x). Its expectation is 1 under b and less under every share on b's
/// inner side, so that products over blocks are test supermartingales whatever the weights of the blocks. They are mixed over 16 shares q,
/// eight on each side and even on the scale of log odds, in place of the Dirichlet prior of Lindon and Malek, "Anytime-valid inference for
/// multinomial count data" (2022), and over the block in which the fault begins: half of the weight that is left starts with each new
/// weight of the canary, a fifth of 1/k of it with block k. The mixture reaches 1,000 in at most 1 of 1,000 rollouts whose split is right,
/// however often one looks (Ville's inequality). Routers draw by permuted blocks, which stray less than independent draws do (Hoeffding,
/// 1963): the chance is smaller still. From there on the split is taken for skewed, by as much as was seen, until the draws are 1,000,000
/// times as likely under the table's share, from whichever block on (a CUSUM test: while the skew lasts it ends by chance once in 1,000,000
/// blocks on average). Then all begins anew.
/// </remarks>
public sealed record SplitEvidence
{
    private const int Shares = 16;
    private const double Smallest = 0.04;
    private const double Largest = 5.12;

    // Odds that are off by 2 %: half a point of 50 %, a tenth of a point of 5 %. It spoils no comparison, and one router of twenty that is
    // stuck at half the weight moves them by more.
    private const double Allowed = 0.02;

    // Draws after which those shown to people move on.
    private const int Window = 500;

    private const double WeightShare = 0.5;
    private const double BlockShare = 0.2;
    private const double Bound = 1e15;
    private const double Least = 1e-300;

    // With all requests for the canary, one in a thousand may go elsewhere: the likelihood of any would be none.
    private const double Most = 0.999;

    private static readonly double Skewed = Math.Log(1_000);
    private static readonly double Mended = Math.Log(1_000_000);

    // Above the table's share first, then below it.
    private static readonly double[] LogOddsRatios =
    [
        .. Enumerable.Range(0, Shares / 2).Select(i => Smallest * (1 << i)),
        .. Enumerable.Range(0, Shares / 2).Select(i => -Smallest * (1 << i)),
    ];

    /// <summary>Percent of requests that the table gives the canary; 0 before the first draws.</summary>
    public int Weight { get; init; }

    /// <summary>Blocks with draws at this weight.</summary>
    public long Blocks { get; init; }

    /// <summary>Prior weight of the starts to come.</summary>
    public double Unstarted { get; init; } = 1;

    /// <summary>For every share the logarithm of its products in progress, each times its weight.</summary>
    public StateVector LogProducts { get; init; } = new([.. Enumerable.Repeat(-Bound, Shares)]);

    /// <summary>Draws of the block being collected.</summary>
    public Draws Pending { get; init; }

    /// <summary>The last draws of closed blocks at this weight, for people: 500, or a block more.</summary>
    public Draws Recent { get; init; }

    /// <summary>Those before them.</summary>
    public Draws Earlier { get; init; }

    /// <summary>While the split is skewed: by which log odds ratio. Else null.</summary>
    public double? Skew { get; init; }

    /// <summary>While the split is skewed: logarithm of the evidence that it is right again.</summary>
    public double LogMended { get; init; }

    /// <summary>While the split is skewed: whether requests were answered in this block and no router said what it drew.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Whether the split is shown to be another than the table's.</summary>
    [JsonIgnore]
    public bool IsSkewed => Skew is not null;

    /// <summary>Whether draws were reported at this weight.</summary>
    [JsonIgnore]
    public bool IsWatched => Blocks > 0 || Pending.Total > 0;

    /// <summary>What was drawn lately.</summary>
    [JsonIgnore]
    public Draws Seen => Earlier + Recent;

    [JsonIgnore]
    internal bool IsWhole => Weight is >= 0 and <= 100 && Blocks is >= 0 and < 1L << 53 && Unstarted is > 0 and <= 1
        && LogProducts is not null && LogProducts.IsWhole(Shares, 2 * Bound) && Pending.IsWhole && Recent.IsWhole && Earlier.IsWhole
        && Skew is null or (>= Smallest and <= Largest) or (>= -Largest and <= -Smallest) && LogMended is >= 0 and <= Bound
        && (Weight > 0 || !IsWatched);

    /// <summary>Logarithm of the evidence against the table's split.</summary>
    public double LogValue()
    {
        double highest = Math.Log(Unstarted);
        foreach (double log in LogProducts.Values)
        {
            highest = Math.Max(highest, log);
        }

        double sum = 0;
        foreach (double log in LogProducts.Values)
        {
            sum += Math.Exp(log - highest);
        }

        return highest + Math.Log((sum / Shares) + (Unstarted * Math.Exp(-highest)));
    }

    /// <summary>Adds draws of the block in progress, made at that weight. What was drawn at another is a block of its own.</summary>
    public SplitEvidence Collect(int weight, Draws draws)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, 100);
        var same = weight == Weight ? this : CloseBlock() with { Weight = weight, Blocks = 0, Recent = default, Earlier = default };
        return same with { Pending = same.Pending + draws };
    }

    /// <summary>Notes that requests were answered and the router did not say what it drew.</summary>
    public SplitEvidence CollectNothing() => IsSkewed ? this with { IsSilent = true } : this;

    /// <summary>Ends the block being collected.</summary>
    public SplitEvidence CloseBlock()
    {
        if (Pending.Total == 0)
        {
            // Routers that do not say what they draw leave nothing to hold against the split.
            return IsSilent ? new SplitEvidence() : this;
        }

        bool isFull = Recent.Total >= Window;
        var next = this with
        {
            Blocks = Blocks + 1,
            Pending = default,
            IsSilent = false,
            Recent = isFull ? Pending : Recent + Pending,
            Earlier = isFull ? Recent : Earlier,
        };
        return Skew is { } skew ? next.Mend(Pending, skew) : next.Bet(Pending);
    }

    private double TableShare => Math.Min(Weight / 100.0, Most);

    private SplitEvidence Bet(Draws draws)
    {
        double share = Blocks == 1 ? WeightShare : BlockShare / Blocks;
        double start = Math.Log(Unstarted * share);
        double[] next = new double[Shares];
        for (int i = 0; i < Shares; i++)
        {
            next[i] = Math.Clamp(LogSum(LogProducts[i], start) + LogEValue(draws, LogOddsRatios[i]), -Bound, Bound);
        }

        var bet = this with { Unstarted = Math.Max(Least, Unstarted * (1 - share)), LogProducts = new StateVector(next) };
        return bet.LogValue() >= Skewed ? bet with { Skew = LogOddsRatios[Array.IndexOf(next, next.Max())] } : bet;
    }

    private SplitEvidence Mend(Draws draws, double skew)
    {
        double mended = Math.Max(0, LogMended - LogRatio(draws, Share(LogOdds(TableShare) + skew), TableShare));
        return mended >= Mended ? new SplitEvidence { Weight = Weight } : this with { LogMended = mended };
    }

    private double LogEValue(Draws draws, double logOddsRatio)
    {
        // No share lies above all.
        if (logOddsRatio > 0 && Weight == 100)
        {
            return 0;
        }

        double border = LogOdds(TableShare) + (Math.Sign(logOddsRatio) * Allowed);
        return LogRatio(draws, Share(border + logOddsRatio), Share(border));
    }

    private static double LogRatio(Draws draws, double share, double other) =>
        (draws.Canary * Math.Log(share / other)) + ((draws.Total - draws.Canary) * Math.Log((1 - share) / (1 - other)));

    private static double LogOdds(double share) => Math.Log(share / (1 - share));

    private static double Share(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    private static double LogSum(double left, double right)
    {
        double high = Math.Max(left, right);
        return high + Math.Log(1 + Math.Exp(Math.Min(left, right) - high));
    }
}
