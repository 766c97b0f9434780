namespace ModelOperator.Server.Batching;

/// <summary>How requests to one model are computed together, once options, signature and measurements are weighed.</summary>
internal sealed record BatchingPlan
{
    /// <summary>Rows of a batch; 1 when every request is computed alone.</summary>
    public int MaxRows { get; init; } = 1;

    /// <inheritdoc cref="BatchingOptions.PreferredBatchSizes"/>
    public IReadOnlyList<int> Preferred { get; init; } = [];

    /// <inheritdoc cref="BatchingOptions.MaxQueueDelay"/>
    public TimeSpan MaxQueueDelay { get; init; }

    /// <inheritdoc cref="BatchingOptions.MaxQueueSize"/>
    public int MaxQueueSize { get; init; } = 256;

    /// <inheritdoc cref="BatchingOptions.PriorityLevels"/>
    public ulong PriorityLevels { get; init; }

    /// <inheritdoc cref="BatchingOptions.DefaultPriority"/>
    public ulong DefaultPriority { get; init; } = 10;

    /// <summary>Why it is so, for people.</summary>
    public string Reason { get; init; } = "";

    public bool Batches => MaxRows > 1;

    /// <summary>No batching, for a reason.</summary>
    public static BatchingPlan Off(BatchingOptions options, string reason) => new()
    {
        MaxQueueSize = options.MaxQueueSize,
        PriorityLevels = options.PriorityLevels,
        DefaultPriority = options.DefaultPriority,
        Reason = reason,
    };

    /// <summary>Batches of up to so many rows, for a reason.</summary>
    public static BatchingPlan On(BatchingOptions options, int maxRows, string reason) => new()
    {
        MaxRows = maxRows,
        Preferred = [.. options.PreferredBatchSizes.Where(size => size <= maxRows)],
        MaxQueueDelay = options.MaxQueueDelay,
        MaxQueueSize = options.MaxQueueSize,
        PriorityLevels = options.PriorityLevels,
        DefaultPriority = options.DefaultPriority,
        Reason = reason,
    };

    /// <summary>What counts of a request's priority.</summary>
    public ulong Level(ulong priority) => priority == 0 || (PriorityLevels > 0 && priority > PriorityLevels) ? DefaultPriority : priority;
}
