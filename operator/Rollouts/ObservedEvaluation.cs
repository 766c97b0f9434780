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
/// <param name="Predictions">Predictions held against the truth, the same for all; more than rows where rows are batches.</param>
/// <param name="Canary">What the new revision made of them.</param>
/// <param name="Stable">What the stable revision made of them; null when there is none.</param>
/// <param name="OnlyCanaryWrong">Predictions the new revision alone got wrong.</param>
/// <param name="OnlyStableWrong">Predictions the stable revision alone got wrong.</param>
public sealed record EvaluationCounts(
    long Rows, long Predictions, EvaluationArm Canary, EvaluationArm? Stable = null, long OnlyCanaryWrong = 0, long OnlyStableWrong = 0);

/// <summary>How one revision answered labelled rows.</summary>
/// <param name="Wrong">Predictions that were wrong, those of rows it failed included.</param>
/// <param name="Answers">Rows it answered, whose latency was measured.</param>
/// <param name="Slow">Of these, those that took longer than maxMilliseconds.</param>
/// <param name="Latency">Latency at the quantile asked for; null when none was measured.</param>
/// <param name="Failed">Rows it answered with an error.</param>
/// <param name="Error">What one of the errors said.</param>
public sealed record EvaluationArm(
    long Wrong, long Answers, long Slow = 0, TimeSpan? Latency = null, long Failed = 0, string? Error = null);
