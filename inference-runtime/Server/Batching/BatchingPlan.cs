using System.Globalization;

namespace ModelOperator.Server.Batching;

/// <summary>How requests to one model are computed together, once options and the model are known.</summary>
/// <param name="MaxRows">Rows of a batch; 1 when every request is computed alone.</param>
/// <param name="Reason">Why it is so, for people.</param>
/// <param name="Options">What the user said.</param>
internal sealed record BatchingPlan(int MaxRows, string Reason, BatchingOptions Options)
{
    /// <summary>Rows of a batch where the user does not say.</summary>
    public const int DefaultRows = 32;

    /// <summary>There is room for more urgent and for less urgent requests.</summary>
    private const ulong DefaultPriority = 10;

    /// <summary>A request of a quicker model is computed sooner than it is handed to another thread.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Rows together must take less than this share of the time that they take alone.</summary>
    private const double WorthJoining = 0.8;

    public bool Batches => MaxRows > 1;

    /// <inheritdoc cref="BatchingOptions.PreferredBatchSizes"/>
    public IReadOnlyList<int> Preferred { get; } = [.. Options.PreferredBatchSizes.Where(size => size <= MaxRows)];

    /// <inheritdoc cref="BatchingOptions.MaxQueueDelay"/>
    public TimeSpan MaxQueueDelay => Batches ? Options.MaxQueueDelay : TimeSpan.Zero;

    /// <inheritdoc cref="BatchingOptions.MaxQueueSize"/>
    public int MaxQueueSize => Options.MaxQueueSize;

    /// <param name="options">What the user said.</param>
    /// <param name="obstacle">Why the model does not take requests together; null when it does.</param>
    /// <param name="independent">Whether each row's outputs are its own; null when that is not known.</param>
    /// <param name="single">Time of a run of one row.</param>
    /// <param name="rows">Rows that are tried together.</param>
    /// <param name="measure">Measures a run of so many rows.</param>
    public static BatchingPlan Decide(
        BatchingOptions options, string? obstacle, bool? independent, TimeSpan single, int rows, Func<int, TimeSpan> measure)
    {
        if (options.MaxBatchSize is 0 or 1)
        {
            return Off("it is turned off");
        }

        if (obstacle is not null)
        {
            return Off(obstacle);
        }

        if (independent == false)
        {
            return Off("the model mixes rows: made-up rows come out differently together than alone");
        }

        if (options.MaxBatchSize is { } asked)
        {
            return new BatchingPlan(asked, "the options say so", options);
        }

        if (independent is null)
        {
            return Off("the model computes none of the made-up inputs; --max-batch-size turns batching on");
        }

        if (single < Quick)
        {
            return Off($"a row alone takes {Milliseconds(single)} ms, less than handing it over");
        }

        TimeSpan each = measure(rows) / rows;
        string times = $"a row alone takes {Milliseconds(single)} ms, in a batch of {rows} {Milliseconds(each)} ms";
        return each < single * WorthJoining ? new BatchingPlan(DefaultRows, times, options) : Off(times);

        BatchingPlan Off(string reason) => new(1, reason, options);
    }

    /// <summary>What counts of a request's priority, which is 0 where it has none.</summary>
    public static ulong Level(ulong priority) => priority == 0 ? DefaultPriority : priority;

    private static string Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3).ToString(CultureInfo.InvariantCulture);
}
