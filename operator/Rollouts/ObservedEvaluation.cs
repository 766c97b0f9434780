namespace ModelOperator.Rollouts;

/// <summary>The evaluation of a revision as its Job shows it.</summary>
public sealed record ObservedEvaluation
{
    /// <summary>The revision evaluated.</summary>
    public required string Revision { get; init; }

    /// <summary>When its pod began; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Rows there are; null while that is not known.</summary>
    public long? TotalRows { get; init; }

    /// <summary>Counts so far, or once it has ended all of them; null before the first.</summary>
    public EvaluationCounts? Counts { get; init; }

    /// <summary>What keeps it from beginning, or why it ended without a result, for people.</summary>
    public string? Problem { get; init; }
}

/// <summary>How two revisions answered the same labelled rows.</summary>
/// <param name="Rows">Rows answered by all revisions.</param>
/// <param name="CanaryWrong">Of these, those the new revision answered wrong.</param>
/// <param name="StableWrong">Those the stable revision answered wrong; null when there is none.</param>
/// <param name="OnlyCanaryWrong">Those the new revision alone answered wrong.</param>
/// <param name="OnlyStableWrong">Those the stable revision alone answered wrong.</param>
/// <param name="CanaryLatency">The new revision's latency at the quantile asked for; null when none was measured.</param>
/// <param name="StableLatency">The stable revision's latency at the quantile.</param>
public sealed record EvaluationCounts(
    long Rows,
    long CanaryWrong,
    long? StableWrong,
    long OnlyCanaryWrong,
    long OnlyStableWrong,
    TimeSpan? CanaryLatency,
    TimeSpan? StableLatency);
