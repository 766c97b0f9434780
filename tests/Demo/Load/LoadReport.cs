namespace ModelOperator.Demo.Load;

/// <summary>What the load generator has seen since it started; the answer to <c>GET /report</c>.</summary>
public sealed record LoadReport
{
    /// <summary>When the load began. Another value than before means that the generator was restarted, and its counts with it.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Seconds since then.</summary>
    public double ElapsedSeconds { get; init; }

    /// <summary>Infer requests a second that were asked for.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>Infer requests sent.</summary>
    public long Sent { get; init; }

    /// <summary>
    /// Infer requests that were due and not sent: all connections were in use, or the generator itself had no core to run on.
    /// </summary>
    public long NotSent { get; init; }

    /// <summary>Infer requests sent and ended.</summary>
    public long Requests { get; init; }

    /// <summary>Infer requests that were not answered with 200 and a prediction.</summary>
    public long Failed { get; init; }

    /// <summary>Feedback that was not taken.</summary>
    public long FeedbackFailed { get; init; }

    /// <summary>Seconds in which the generator itself could not run; no limit on an answer's time runs on in them.</summary>
    public double StalledSeconds { get; init; }

    /// <summary>The first few failures, in order.</summary>
    public IReadOnlyList<FailedRequest> Failures { get; init; } = [];

    /// <summary>Answers by revision, as the x-model-revision header names it.</summary>
    public IReadOnlyDictionary<string, RevisionReport> Revisions { get; init; } = new Dictionary<string, RevisionReport>();
}

/// <summary>What one revision answered.</summary>
public sealed record RevisionReport(long Requests, long Correct, double MeanMilliseconds);
