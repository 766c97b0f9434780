namespace ModelOperator.Demo.Load;

/// <summary>What the load generator has seen since it started; the answer to <c>GET /report</c>.</summary>
public sealed record LoadReport
{
    /// <summary>Infer requests sent and ended.</summary>
    public long Requests { get; init; }

    /// <summary>Infer requests that were not answered with 200 and a prediction.</summary>
    public long Failed { get; init; }

    /// <summary>Feedback that was not taken.</summary>
    public long FeedbackFailed { get; init; }

    /// <summary>The first few failures, in words.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>Answers by revision, as the x-model-revision header names it.</summary>
    public IReadOnlyDictionary<string, RevisionReport> Revisions { get; init; } = new Dictionary<string, RevisionReport>();
}

/// <summary>What one revision answered.</summary>
public sealed record RevisionReport(long Requests, long Correct, double MeanMilliseconds);
