namespace ModelOperator.Server.Fetching;

/// <summary>What <c>fetch</c> was asked to do.</summary>
internal sealed record FetchOptions
{
    public required Uri Uri { get; init; }

    /// <summary>SHA-256 that the file must have, in lower-case hexadecimal digits; null takes any.</summary>
    public string? Sha256 { get; init; }

    public required string Output { get; init; }

    public ModelCredentials? Credentials { get; init; }

    public long MaxBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    public int MaxRedirects { get; init; } = 10;

    /// <summary>Further tries after one that failed for a reason that may pass.</summary>
    public int Retries { get; init; } = 6;

    /// <summary>Pause before the first further try; it doubles from one to the next.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the answer may take to begin, and to go on when it has begun.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long everything may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);
}
