namespace ModelOperator.Analysis;

/// <summary>
/// The variance of batch means at time scales of 1, 2, 4, ... blocks, against that of independent requests: what autocorrelation and bursts
/// add grows with the batch. Best where the mean stands still. Bounded state, one pass.
/// </summary>
public sealed record BatchMeans
{
    private const int Fields = 7;
    private const int Closed = 0;
    private const int LastExcess = 1;
    private const int LastVariance = 2;
    private const int Batches = 3;
    private const int ExcessSum = 4;
    private const int VarianceSum = 5;
    private const int SquareSum = 6;

    // Blocks after which what is old counts half: with blocks of ten seconds it looks back six to twelve hours.
    private const double Memory = 4320;

    // No sum of squared counts comes near.
    private const double Largest = 1e60;

    public BatchMeans()
        : this(0)
    {
    }

    internal BatchMeans(int scales) => State = StateVector.Zeros(scales * Fields);

    /// <summary>Seven sums for every time scale.</summary>
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
            if (!(State[at + Closed] >= 0 && State[at + LastVariance] >= 0 && State[at + Batches] >= 0 && State[at + VarianceSum] >= 0 && State[at + SquareSum] >= 0))
            {
                return false;
            }
        }

        return true;
    }

    internal BatchMeans Add(Contrast contrast)
    {
        double[] state = State.Copy();
        var (excess, variance) = (contrast.Excess, contrast.Variance);
        for (int at = 0; at < state.Length; at += Fields)
        {
            if (variance > 0)
            {
                state[at + Batches]++;
                state[at + ExcessSum] += excess;
                state[at + VarianceSum] += variance;
                state[at + SquareSum] += excess * excess / variance;
            }

            var (firstExcess, firstVariance) = (state[at + LastExcess], state[at + LastVariance]);
            (state[at + LastExcess], state[at + LastVariance]) = (excess, variance);
            if (++state[at + Closed] % 2 != 0)
            {
                break;
            }

            excess += firstExcess;
            variance += firstVariance;
        }

        if (state.Length > 0 && state[Batches] >= Memory)
        {
            Fade(state);
        }

        return new BatchMeans { State = new StateVector(state) };
    }

    private static void Fade(double[] state)
    {
        for (int at = 0; at < state.Length; at += Fields)
        {
            state[at + Batches] /= 2;
            state[at + ExcessSum] /= 2;
            state[at + VarianceSum] /= 2;
            state[at + SquareSum] /= 2;
        }
    }

    internal VarianceRatio Ratio()
    {
        var ratio = VarianceRatio.None;
        for (int at = 0; at < State.Count; at += Fields)
        {
            double freedom = State[at + Batches] - 1;
            if (freedom > 0)
            {
                double explained = State[at + ExcessSum] * State[at + ExcessSum] / State[at + VarianceSum];
                ratio = ratio.Or((State[at + SquareSum] - explained) / freedom, freedom, State[at + VarianceSum] / State[at + Batches]);
            }
        }

        return ratio;
    }
}
