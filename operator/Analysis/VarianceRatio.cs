namespace ModelOperator.Analysis;

/// <summary>By what factor counts vary more than those of independent requests, and whether that can be chance.</summary>
/// <param name="IsSure">Whether it is beyond chance at some time scale.</param>
/// <param name="Factor">How large it may well be, 1 at least.</param>
internal readonly record struct VarianceRatio(bool IsSure, double Factor)
{
    /// <summary>Below this significance a ratio is taken for chance, and then costs nothing. It is looked at after every block.</summary>
    public const double SignificantDeviations = 3.5;

    // How far above the estimate the ratio may well be, in standard errors of a variance from few batches.
    private const double CautionDeviations = 2;

    private const double LeastTerms = 3;

    // A normal deviation squared is beyond it once in 70 times.
    private const double MostOfOne = 6;

    // Squares that are taken for independent ones before any was seen.
    private const double Prior = 16;

    public static VarianceRatio None { get; } = new(false, 1);

    /// <summary>
    /// The most that a square, over its variance, counts: six times the mean so far (Huber). So an incident, or a canary that turns bad,
    /// counts as a few large deviations and not as how things always are, and a wobble that goes on is found at its size.
    /// </summary>
    /// <param name="sum">What those before it counted.</param>
    /// <param name="count">How many they were.</param>
    public static double MostOf(double sum, double count) => MostOfOne * Math.Max(1, (sum + Prior) / (count + Prior));

    /// <summary>Takes the worse of this and what one more time scale shows.</summary>
    /// <param name="ratio">Observed over expected variance.</param>
    /// <param name="terms">Independent squares in it.</param>
    /// <param name="variance">Mean variance of what was squared, in bad answers.</param>
    /// <param name="deviations">Standard errors beyond which it is no chance.</param>
    public VarianceRatio Or(double ratio, double terms, double variance, double deviations = SignificantDeviations)
    {
        if (terms < LeastTerms || variance <= 0)
        {
            return this;
        }

        // Few bad answers are far from normal: the square of a count of variance V varies as 2 + 1/V, not as 2.
        double freedom = terms / (1 + (1 / (2 * variance)));
        return new(
            IsSure || ratio > Significant(freedom, deviations),
            Math.Max(Factor, ratio * (1 + (CautionDeviations * Math.Sqrt(2 / terms)))));
    }

    // The quantile of chi-square over its degrees of freedom, by Wilson and Hilferty.
    private static double Significant(double freedom, double deviations)
    {
        double root = 1 - (2 / (9 * freedom)) + (deviations * Math.Sqrt(2 / (9 * freedom)));
        return root * root * root;
    }
}
