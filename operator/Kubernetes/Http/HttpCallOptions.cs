namespace ModelOperator.Kubernetes.Http;

/// <summary>How an <see cref="HttpCaller"/> calls.</summary>
public sealed record HttpCallOptions
{
    /// <summary>Who calls: the User-Agent of its requests.</summary>
    public required string Name { get; init; }

    /// <summary>Largest answer in bytes.</summary>
    public required int LargestAnswer { get; init; }

    /// <summary>
    /// Longest time of a call, all attempts together, unless the call has its own; null for as long as its attempts take.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Longest time of one attempt; null for as long as the call has.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>Attempts after the first.</summary>
    public int Retries { get; init; }
}
