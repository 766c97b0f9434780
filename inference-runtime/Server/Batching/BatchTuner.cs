using System.Globalization;

namespace ModelOperator.Server.Batching;

/// <summary>Decides whether requests to a model are computed together, and how many: by what the user said, else by what a run of so many rows takes.</summary>
internal static class BatchTuner
{
    /// <summary>Below this a request is computed sooner than it is handed to another thread.</summary>
    private static readonly TimeSpan WorthWaiting = TimeSpan.FromMicroseconds(50);

    /// <summary>Rows computed together must take less than this share of the time that they take alone.</summary>
    private const double WorthJoining = 0.8;

    /// <summary>Twice as many rows must save so much more to be tried further.</summary>
    private const double StillBetter = 0.97;

    private const int MostRows = 64;

    /// <summary>The one size that is tried where each new one costs minutes.</summary>
    private const int CoarseRows = 32;

    private static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(500);

    /// <param name="options">What the user said.</param>
    /// <param name="obstacle">Why the model does not take requests together; null when it does.</param>
    /// <param name="independent">Whether each row's outputs are its own; null when that is not known.</param>
    /// <param name="single">Time of a run of one row; zero when it could not be measured.</param>
    /// <param name="measure">Measures a run of so many rows.</param>
    /// <param name="coarse">Whether only one size is tried, because TensorRT builds its engine anew whenever the largest size grows.</param>
    public static BatchingPlan Decide(
        BatchingOptions options, string? obstacle, bool? independent, TimeSpan single, Func<int, TimeSpan> measure, bool coarse = false)
    {
        bool asked = options.MaxBatchSize > 1;
        if (options.MaxBatchSize is 0 or 1)
        {
            return BatchingPlan.Off(options, "it is turned off");
        }

        if (obstacle is not null)
        {
            return BatchingPlan.Off(options, obstacle);
        }

        if (independent == false)
        {
            return BatchingPlan.Off(options, "the model mixes rows: made-up rows come out differently together than alone");
        }

        if (asked)
        {
            return BatchingPlan.On(options, options.MaxBatchSize!.Value, "the options say so");
        }

        if (independent is null || single == TimeSpan.Zero)
        {
            return BatchingPlan.Off(options, "the model computes none of the made-up inputs, so that nothing could be measured; --max-batch-size turns batching on");
        }

        return Measured(options, single, measure, coarse);
    }

    private static BatchingPlan Measured(BatchingOptions options, TimeSpan single, Func<int, TimeSpan> measure, bool coarse)
    {
        string alone = Alone(single);
        if (single < WorthWaiting)
        {
            return BatchingPlan.Off(options, $"{alone}, less than waiting for others");
        }

        (int best, TimeSpan bestEach) = (1, single);
        for (int rows = coarse ? CoarseRows : 2; rows <= MostRows; rows *= 2)
        {
            TimeSpan together = measure(rows);
            TimeSpan each = together / rows;
            // The first step may be spoilt by something else on the machine; the second one confirms it.
            if (each > bestEach * StillBetter && rows > 2)
            {
                break;
            }

            (best, bestEach) = each < bestEach ? (rows, each) : (best, bestEach);
            if (together > LongestRun || coarse)
            {
                break;
            }
        }

        if (IsWorthJoining(single, bestEach) && !coarse)
        {
            // Something else on the machine may have spoilt what a row takes alone.
            TimeSpan again = measure(1);
            single = again < single ? again : single;
            alone = Alone(single);
        }

        return IsWorthJoining(single, bestEach)
            ? BatchingPlan.On(options, best, $"{alone}, in a batch of {best} {Milliseconds(bestEach)} ms")
            : BatchingPlan.Off(options, $"{alone}, in a batch no less than {Milliseconds(bestEach)} ms");
    }

    private static bool IsWorthJoining(TimeSpan single, TimeSpan each) => each < single * WorthJoining && single - each > WorthWaiting;

    private static string Alone(TimeSpan single) => $"a row alone takes {Milliseconds(single)} ms";

    private static string Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3).ToString(CultureInfo.InvariantCulture);
}
