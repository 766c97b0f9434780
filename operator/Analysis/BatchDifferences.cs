namespace ModelOperator.Analysis;

/// <summary>
/// The variance of neighbouring batches' differences (Allan variance) at time scales of 1, 2, 4, ... blocks, against that of independent
/// requests. It is blind to a constant difference, and nearly so to one that begins: a canary that turns bad is not taken for wobble, which
/// would hide it. Bounded state, one pass.
/// </summary>
public sealed record BatchDifferences
{
    private const int Fields = 6;
    private const int Closed = 0;
    private const int LastExcess = 1;
    private const int LastVariance = 2;
    private const int Differences = 3;
    private const int SquareSum = 4;
    private const int VarianceSum = 5;

    // Overlapping differences tell as much of a variance as two thirds their number of independent batches.
    private const double FreedomEach = 2.0 / 3;

    // Neighbours alike by so many standard errors of independent ones are not alike by chance.
    private const double ChanceDeviations = 1.5;

    private const double MostAlike = 0.99;

    // No sum of squared counts comes near.
    private const double Largest = 1e60;

    public BatchDifferences()
        : this(0)
    {
    }

    internal BatchDifferences(int scales) => State = StateVector.Zeros(scales * Fields);

    /// <summary>Six sums for every time scale.</summary>
    public StateVector State { get; init; }

    /// <summary>Whether this is the state of so many scales, with sums that counts can have.</summary>
    internal bool IsWhole(int scales)
    {
        if (State is null || !State.IsWhole(scales * Fields, Largest))
        {
            return false;
        }

        for (int at = 0; at < State.Count; at += Fields)
        {
            if (!(State[at + Closed] >= 0 && State[at + LastVariance] >= 0 && State[at + Differences] >= 0 && State[at + VarianceSum] >= 0
                && State[at + SquareSum] >= 0))
            {
                return false;
            }
        }

        return true;
    }

    /// <param name="contrast">What the block shows.</param>
    /// <param name="most">The most that one squared difference, over its variance, counts; what is usual for counts unless told.</param>
    internal BatchDifferences Add(Contrast contrast, double? most = null)
    {
        double[] state = State.Copy();
        var (excess, variance) = (contrast.Excess, contrast.Variance);
        for (int at = 0; at < state.Length; at += Fields)
        {
            var (lastExcess, lastVariance) = (state[at + LastExcess], state[at + LastVariance]);
            if (state[at + Closed] > 0 && variance + lastVariance > 0)
            {
                state[at + VarianceSum] += variance + lastVariance;
                double square = (excess - lastExcess) * (excess - lastExcess) / (variance + lastVariance);
                state[at + SquareSum] += Math.Min(square, most ?? VarianceRatio.MostOf(state[at + SquareSum], state[at + Differences]));
                state[at + Differences]++;
            }

            (state[at + LastExcess], state[at + LastVariance]) = (excess, variance);
            if (++state[at + Closed] % 2 != 0)
            {
                break;
            }

            excess += lastExcess;
            variance += lastVariance;
        }

        return new BatchDifferences { State = new StateVector(state) };
    }

    /// <summary>The same without a last block: what comes next is compared with nothing before it.</summary>
    internal BatchDifferences Interrupt()
    {
        double[] state = State.Copy();
        for (int at = 0; at < state.Length; at += Fields)
        {
            (state[at + Closed], state[at + LastExcess], state[at + LastVariance]) = (0, 0, 0);
        }

        return new BatchDifferences { State = new StateVector(state) };
    }

    /// <summary>
    /// The factor by which the variance of a sum is larger where neighbouring blocks are alike (von Neumann's ratio), were what a block
    /// leaves to the next all there is to it (a first-order autoregression): shows far sooner than long batches do. 1 while it can be
    /// chance.
    /// </summary>
    internal double NeighbourFactor()
    {
        double differences = State[Differences];
        double alike = differences > 0 ? 1 - (State[SquareSum] / differences) : 0;
        double error = 1 / Math.Sqrt(Math.Max(1, differences));
        if (alike <= ChanceDeviations * error)
        {
            return 1;
        }

        double most = Math.Min(alike + error, MostAlike);
        return (1 + most) / (1 - most);
    }

    /// <param name="isOfCounts">Whether the excesses are counts of bad answers: few of them are far from normal.</param>
    /// <param name="least">Differences a time scale must have to be looked at.</param>
    internal VarianceRatio Ratio(bool isOfCounts = true, double least = 1)
    {
        var ratio = VarianceRatio.None;
        for (int at = 0; at < State.Count; at += Fields)
        {
            double differences = State[at + Differences];
            if (differences >= least)
            {
                double variance = isOfCounts ? State[at + VarianceSum] / differences : double.PositiveInfinity;
                ratio = ratio.Or(State[at + SquareSum] / differences, differences * FreedomEach, variance);
            }
        }

        return ratio;
    }
}
