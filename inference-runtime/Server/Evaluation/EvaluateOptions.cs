using ModelOperator.Addressing;
using ModelOperator.Fetch.Stores;
using ModelOperator.Server.Feedback;

namespace ModelOperator.Server.Evaluation;

/// <summary>What <c>evaluate</c> was asked to do. Ranges are checked where the command line is read.</summary>
internal sealed record EvaluateOptions
{
    /// <summary>An address as models have, or a file.</summary>
    public required string Dataset { get; init; }

    /// <summary>SHA-256 that the data set must have, in lower-case hexadecimal digits; null takes any.</summary>
    public string? Sha256 { get; init; }

    public SecretFolder? Credentials { get; init; }

    /// <summary>Signs in to the data set's store as the pod's service account.</summary>
    public bool WorkloadIdentity { get; init; }

    /// <summary>Which addresses the data set may come from.</summary>
    public AllowedNetworks Networks { get; init; } = AllowedNetworks.PublicOnly;

    /// <summary>Where the volume of a pvc:// address is mounted.</summary>
    public string? Volume { get; init; }

    public required string ModelName { get; init; }

    /// <summary>Address of the new revision.</summary>
    public required Uri Canary { get; init; }

    /// <summary>Address of the revision that serves; null when there is none to compare with.</summary>
    public Uri? Stable { get; init; }

    /// <summary>Rows asked at the same time; each goes to both revisions at once, so that both are under the same load.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>The quantile at which latency is told.</summary>
    public int QuantilePercent { get; init; } = 95;

    /// <summary>Answers slower than this are counted; null counts none.</summary>
    public int? MaxMilliseconds { get; init; }

    /// <summary>What is judged, as in feedback.</summary>
    public FeedbackOptions Feedback { get; init; } = new();

    /// <summary>Port on all addresses for GET /progress; 0 takes a free one.</summary>
    public int ProgressPort { get; init; } = 8082;

    /// <summary>Where downloads lie until the end.</summary>
    public string Directory { get; init; } = Path.GetTempPath();

    public long MaxBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    public long MaxRows { get; init; } = 1_000_000;

    public int MaxLineBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long one try of a request may take; longer than a model server's own limit may be, which says more.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(65);

    /// <summary>Further tries of a request that got no answer from a model.</summary>
    public int Retries { get; init; } = 9;

    /// <summary>Pause before the first further try; it doubles from one to the next, up to ten seconds.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);
}
