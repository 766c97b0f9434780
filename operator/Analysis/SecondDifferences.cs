namespace ModelOperator.Analysis;

/// <summary>
/// The variance of the second differences of batches' rates (Hadamard variance) at time scales of 1, 2, 4, ... blocks, against that of
/// independent requests: what autocorrelation and bursts add grows with the batch. A rate that rises or falls steadily, as by the course of
/// the day, does not show in it, and an incident of long ago hardly does. Bounded state, one pass.
/// </summary>
public sealed record SecondDifferences
{
    private const int Fields = 8;
    private const int Closed = 0;
    private const int FirstBad = 1;
    private const int FirstTotal = 2;
    private const int LastBad = 3;
    private const int LastTotal = 4;
    private const int Differences = 5;
    private const int SquareSum = 6;
    private const int VarianceSum = 7;

    // Overlapping second differences tell as much of a variance as half their number of independent ones.
    private const double FreedomEach = 0.5;

    // Among fewer an incident would pass for how things always are.
    private const double LeastDifferences = 12;

    // The past does not change from look to look.
    private const double SignificantDeviations = 2.75;

    private const double StillGrowing = 1.5;
    private const int Beyond = 2;

    // A batch that shows nearly as much as any is long enough.
    private const double NearlyAll = 0.7;

    // Differences after which what is old counts half: with blocks of ten seconds it looks back six to twelve hours.
    private const double Memory = 4320;

    // No count comes near.
    private const double Largest = 1e20;

    public SecondDifferences()
        : this(0)
    {
    }

    internal SecondDifferences(int scales) => State = StateVector.Zeros(scales * Fields);

    /// <summary>Eight sums for every time scale.</summary>
    public StateVector State { get; init; }

    /// <summary>Whether this is the state of so many scales, with sums that counts can have.</summary>
    internal bool IsWhole(int scales) =>
        State is not null && State.IsWhole(scales * Fields, Largest) && State.Values.IndexOfAnyInRange(-Largest, -double.Epsilon) < 0;

    internal SecondDifferences Add(ArmCounts counts)
    {
        double[] state = State.Copy();
        double bad = counts.Bad;
        double total = counts.Total;
        for (int at = 0; at < state.Length; at += Fields)
        {
            Span<double> scale = state.AsSpan(at, Fields);
            var (lastBad, lastTotal) = (scale[LastBad], scale[LastTotal]);
            Compare(scale, bad, total);
            (scale[FirstBad], scale[FirstTotal], scale[LastBad], scale[LastTotal]) = (lastBad, lastTotal, bad, total);
            if (++scale[Closed] % 2 != 0)
            {
                break;
            }

            bad += lastBad;
            total += lastTotal;
        }

        return new SecondDifferences { State = new StateVector(state) };
    }

    /// <summary>The same without last batches: what comes next is compared with nothing before it.</summary>
    internal SecondDifferences Interrupt()
    {
        double[] state = State.Copy();
        for (int at = 0; at < state.Length; at += Fields)
        {
            state.AsSpan(at, LastTotal + 1).Clear();
        }

        return new SecondDifferences { State = new StateVector(state) };
    }

    /// <summary>
    /// By how much counts vary more than those of independent requests. Where longer batches still show more than shorter ones, those
    /// longer than were seen would show more again: two doublings of as much are assumed.
    /// </summary>
    /// <param name="scales">Time scales that are looked at.</param>
    internal VarianceRatio Ratio(int scales)
    {
        var ratio = VarianceRatio.None;
        var (growth, last, before) = (1.0, 1.0, 1.0);
        for (int at = 0; at < Math.Min(scales, State.Count / Fields) * Fields && State[at + Differences] >= LeastDifferences; at += Fields)
        {
            double differences = State[at + Differences];
            double squares = State[at + SquareSum] / differences;
            ratio = ratio.Or(squares, differences * FreedomEach, State[at + VarianceSum] / differences, SignificantDeviations);
            growth = Math.Sqrt(squares / Math.Max(1, before));
            (before, last) = (last, squares);
        }

        return growth > StillGrowing ? ratio with { Factor = ratio.Factor * growth * growth * growth } : ratio;
    }

    /// <summary>
    /// The length in blocks, as a power of two, of the shortest batches that show nearly all of the excess variance there is.
    /// </summary>
    internal int LogLengthOfBursts(int scales)
    {
        double Excess(int scale) => State[(scale * Fields) + Differences] is >= LeastDifferences and var differences
            ? Math.Max(0, (State[(scale * Fields) + SquareSum] / differences) - 1)
            : 0;
        int[] known = [.. Enumerable.Range(0, Math.Min(scales, State.Count / Fields))];
        double most = known.Max(Excess);
        int shortest = known.First(scale => Excess(scale) >= NearlyAll * most);

        // The longest that is known shows most: those that would show all are longer.
        bool isLongest = shortest > 0
            && (shortest + 1 == known.Length || State[((shortest + 1) * Fields) + Differences] < LeastDifferences);
        return isLongest ? shortest + Beyond : shortest;
    }

    private static void Compare(Span<double> scale, double bad, double total)
    {
        double all = scale[FirstTotal] + scale[LastTotal] + total;
        double rate = (scale[FirstBad] + scale[LastBad] + bad) / all;
        if (!(scale[FirstTotal] > 0 && scale[LastTotal] > 0 && total > 0 && rate is > 0 and < 1))
        {
            return;
        }

        // The estimate of the variance of one trial, without bias: three trials at least are in it.
        double each = rate * (1 - rate) * all / (all - 1);
        double difference = (scale[FirstBad] / scale[FirstTotal]) - (2 * scale[LastBad] / scale[LastTotal]) + (bad / total);
        double variance = each * ((1 / scale[FirstTotal]) + (4 / scale[LastTotal]) + (1 / total));
        if (scale[Differences] >= Memory)
        {
            scale[Differences] /= 2;
            scale[SquareSum] /= 2;
            scale[VarianceSum] /= 2;
        }

        scale[SquareSum] += Math.Min(difference * difference / variance, VarianceRatio.MostOf(scale[SquareSum], scale[Differences]));
        scale[Differences]++;
        scale[VarianceSum] += each * all / 3;
    }
}
