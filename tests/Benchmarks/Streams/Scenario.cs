namespace ModelOperator.Benchmarks.Streams;

/// <summary>What a stream of traffic is like.</summary>
internal sealed record Scenario(string Name)
{
    /// <summary>Bad rate of stable.</summary>
    public double Stable { get; init; } = 0.01;

    /// <summary>Bad rate of the canary.</summary>
    public double Canary { get; init; } = 0.01;

    /// <summary>Lag-1 autocorrelation of observed block rates from a wobble that both arms share.</summary>
    public double SharedWobble { get; init; }

    /// <summary>The same, from a wobble of each arm's own.</summary>
    public double OwnWobble { get; init; }

    /// <summary>How much of a wobble lasts from one block to the next.</summary>
    public double Persistence { get; init; } = 0.9;

    /// <summary>Whether the base rate swings between half and twice over the day.</summary>
    public bool Swings { get; init; }

    /// <summary>Whether the canary's share goes 5, 10, 25, 50 percent and starts again, two hours each.</summary>
    public bool ChangesWeights { get; init; }
}
