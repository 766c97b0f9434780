namespace ModelOperator.Server.Batching;

/// <summary>How requests are computed together. Ranges are checked where the command line is read.</summary>
internal sealed record BatchingOptions
{
    /// <summary>Rows of a batch; 0 or 1 turns batching off, null leaves it to <see cref="BatchingPlan"/>.</summary>
    public int? MaxBatchSize { get; init; }

    /// <summary>Sizes at which a batch is not held back for more, in ascending order.</summary>
    public IReadOnlyList<int> PreferredBatchSizes { get; init; } = [];

    /// <summary>How long a request may be held back for others to come.</summary>
    public TimeSpan MaxQueueDelay { get; init; }

    /// <summary>Requests that may wait; more are refused.</summary>
    public int MaxQueueSize { get; init; } = 256;
}
