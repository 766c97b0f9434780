using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>The evaluation of a new revision on labelled data.</summary>
public sealed class EvaluationStatus
{
    /// <summary>The revision evaluated.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Revision { get; set; } = "";

    /// <summary>Where it is.</summary>
    public EvaluationState State { get; set; }

    /// <summary>Rows done.</summary>
    [RangeMinimum(0)]
    public long Rows { get; set; }

    /// <summary>Rows there are; absent while that is not known.</summary>
    [RangeMinimum(0)]
    public long? TotalRows { get; set; }

    /// <summary>Answers of the new revision.</summary>
    public ArmStatus? Canary { get; set; }

    /// <summary>Answers of the stable revision to the same rows; absent with a first revision.</summary>
    public ArmStatus? Stable { get; set; }

    /// <summary>Rows that the new revision alone answered wrong.</summary>
    [RangeMinimum(0)]
    public long? OnlyCanaryWrong { get; set; }

    /// <summary>Rows that the stable revision alone answered wrong.</summary>
    [RangeMinimum(0)]
    public long? OnlyStableWrong { get; set; }

    /// <summary>Latency of the new revision at the quantile, such as 12.5 ms.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? CanaryLatency { get; set; }

    /// <summary>Latency of the stable revision at the quantile.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? StableLatency { get; set; }

    /// <summary>What came of it, or what it waits for, in words.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Message { get; set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>Where an evaluation is.</summary>
public enum EvaluationState
{
    /// <summary>Its pod is coming up.</summary>
    Pending,

    /// <summary>Rows are being answered.</summary>
    Running,

    /// <summary>The new revision meets what is asked.</summary>
    Passed,

    /// <summary>The new revision does not meet what is asked; it is rejected.</summary>
    Failed,

    /// <summary>It could not be done; nothing is known of the revision, which waits.</summary>
    Error,
}
