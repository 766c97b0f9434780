namespace ModelOperator.Rollouts.Tests.Simulated;

/// <summary>How the pods of a revision behave.</summary>
internal sealed record Behaviour
{
    /// <summary>Seconds until a pod is ready; null when it never is.</summary>
    public int? StartSeconds { get; init; } = 3;

    /// <summary>Why it never is.</summary>
    public PodFailure? Failure { get; init; }

    public double WrongRate { get; init; } = 0.03;
    public double ErrorRate { get; init; }

    /// <summary>Share of requests that are never answered: their clients go away after <see cref="PatienceBucket"/>.</summary>
    public double SilentRate { get; init; }

    /// <summary>Bucket of the time after which clients go away: two seconds.</summary>
    public int PatienceBucket { get; init; } = 617;

    /// <summary>Bucket around which latencies lie.</summary>
    public int LatencyBucket { get; init; } = 270;

    /// <summary>Simulated second up to which answers take ten times as long.</summary>
    public int ColdUntil { get; init; }

    /// <summary>Simulated second from which on pods are not ready any more.</summary>
    public int? BreaksAt { get; init; }
}
