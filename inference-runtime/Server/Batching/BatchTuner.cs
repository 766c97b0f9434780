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
    private static readonly TimeSpan LongestRun = TimeSpan.FromMilliseconds(500);

    public static BatchingPlan Decide(
        BatchingOptions options, string? obstacle, bool? independent, TimeSpan single, Func<int, TimeSpan> measure)
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

        return Measured(options, single, measure);
    }

    private static BatchingPlan Measured(BatchingOptions options, TimeSpan single, Func<int, TimeSpan> measure)
    {
        string alone = $"a row alone takes {Milliseconds(single)} ms";
        if (single < WorthWaiting)
        {
            return BatchingPlan.Off(options, $"{alone}, less than waiting for others");
        }

        (int best, TimeSpan bestEach) = (1, single);
        for (int rows = 2; rows <= MostRows; rows *= 2)
        {
            TimeSpan together = measure(rows);
            TimeSpan each = together / rows;
            // The first step may be spoilt by something else on the machine; the second one confirms it.
            if (each > bestEach * StillBetter && rows > 2)
            {
                break;
            }

            (best, bestEach) = each < bestEach ? (rows, each) : (best, bestEach);
            if (together > LongestRun)
            {
                break;
            }
        }

        return bestEach < single * WorthJoining && single - bestEach > WorthWaiting
            ? BatchingPlan.On(options, best, $"{alone}, in a batch of {best} {Milliseconds(bestEach)} ms")
            : BatchingPlan.Off(options, $"{alone}, in a batch no less than {Milliseconds(bestEach)} ms");
    }

    private static string Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3).ToString(CultureInfo.InvariantCulture);
}
