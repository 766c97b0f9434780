using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>A rejected revision.</summary>
public sealed class RejectedRevision
{
    /// <summary>Revision.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Revision { get; set; } = "";

    /// <summary>CamelCase word, such as AccuracyHarmful or ProgressDeadlineExceeded.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string Reason { get; set; } = "";

    /// <summary>The reason in words, with its figures.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string Message { get; set; } = "";

    /// <summary>When it was rejected.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>When it is tried again; absent when it had traffic or failed its evaluation: then it is not.</summary>
    public DateTimeOffset? RetryAt { get; set; }

    /// <summary>How often it was tried in vain before it had any traffic; absent when it had traffic or failed its evaluation.</summary>
    [RangeMinimum(0)]
    public int? Attempts { get; set; }
}

/// <summary>What a revision was made with.</summary>
public sealed class RevisionStatus
{
    /// <summary>Revision.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Revision { get; set; } = "";

    /// <summary>Image of the inference runtime. An operator with another default image does not change it.</summary>
    [Length(maxLength: 512)]
    public string? Image { get; set; }

    /// <summary>
    /// Digest of all files of its model, as the first ready pod fetched them. Pods that come later must fetch the same. Of one file or
    /// archive it is what sha256sum prints; of several it is that of the list of their digests and names. Absent while no pod is ready, or
    /// if the image does not report it.
    /// </summary>
    [Length(maxLength: 71)]
    public string? ModelDigest { get; set; }
}

/// <summary>One decision and its reason.</summary>
public sealed class Decision
{
    /// <summary>When the operator decided.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>
    /// Started, StepAdvanced, Paused, Promoted, RolledBack, Rejected, Held, Superseded or StableLost; on orders Ordered, Retried, Undone or
    /// Restarted.
    /// </summary>
    [Length(maxLength: StatusLimits.Text)]
    public string Action { get; set; } = "";

    /// <summary>The revision that it is about.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string Revision { get; set; } = "";

    /// <summary>The person who ordered it, as the API server knows them; absent when the operator decided, or nobody knows.</summary>
    [Length(maxLength: StatusLimits.User)]
    public string? By { get; set; }

    /// <summary>CamelCase word, such as AccuracyHarmful.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string Reason { get; set; } = "";

    /// <summary>The reason in words, with the evidence.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string Message { get; set; } = "";
}
