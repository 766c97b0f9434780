using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>The evaluation of a new revision on labelled data.</summary>
public sealed class EvaluationStatus
{
    /// <summary>The revision evaluated.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Revision { get; set; } = "";

    /// <summary>State of the evaluation.</summary>
    public EvaluationState State { get; set; }

    /// <summary>Rows done.</summary>
    [RangeMinimum(0)]
    public long Rows { get; set; }

    /// <summary>Rows in the data set; absent until known.</summary>
    [RangeMinimum(0)]
    public long? TotalRows { get; set; }

    /// <summary>Answers of the new revision.</summary>
    public ArmStatus? Canary { get; set; }

    /// <summary>Answers of the stable revision to the same rows; absent with a first revision.</summary>
    public ArmStatus? Stable { get; set; }

    /// <summary>Rows that only the new revision answered wrong.</summary>
    [RangeMinimum(0)]
    public long? OnlyCanaryWrong { get; set; }

    /// <summary>Rows that only the stable revision answered wrong.</summary>
    [RangeMinimum(0)]
    public long? OnlyStableWrong { get; set; }

    /// <summary>Latency of the new revision at the quantile, such as 12.5 ms.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? CanaryLatency { get; set; }

    /// <summary>Latency of the stable revision at the quantile.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? StableLatency { get; set; }

    /// <summary>The result, or what the evaluation waits for.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Message { get; set; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>State of an evaluation.</summary>
public enum EvaluationState
{
    /// <summary>Its pod is coming up.</summary>
    Pending,

    /// <summary>Rows are being answered.</summary>
    Running,

    /// <summary>The new revision meets the limits.</summary>
    Passed,

    /// <summary>The new revision does not meet the limits; it is rejected.</summary>
    Failed,

    /// <summary>It could not be done; the revision waits without traffic.</summary>
    Error,
}
