using ModelOperator.Api;

namespace ModelOperator.Cli.Simulate;

/// <summary>What is simulated.</summary>
internal sealed record SimulationSettings
{
    public required string Name { get; init; }

    /// <summary>The spec, without an evaluation: it is taken as passed.</summary>
    public required EffectiveSpec Spec { get; init; }

    public required double RequestsPerSecond { get; init; }

    public required ArmBehaviour Stable { get; init; }

    public required ArmBehaviour Canary { get; init; }

    /// <summary>Share of answers whose truth is fed back.</summary>
    public double Feedback { get; init; } = 1;

    /// <summary>Seconds from an answer until its truth is fed back.</summary>
    public int FeedbackDelaySeconds { get; init; }

    /// <summary>Relative standard deviation of a wobble that each revision has of its own.</summary>
    public double OwnWobble { get; init; }

    /// <summary>Relative standard deviation of a wobble that both revisions share.</summary>
    public double SharedWobble { get; init; }

    /// <summary>What the Webhook and Job guardrails say, by their names.</summary>
    public required IReadOnlyDictionary<string, GateBehaviour> Gates { get; init; }

    /// <summary>Seconds that stable has served alone, and was learnt from, before the rollout.</summary>
    public int HistorySeconds { get; init; } = 3600;

    /// <summary>Seconds until a new pod is ready.</summary>
    public int StartupSeconds { get; init; } = 10;

    public int Runs { get; init; } = 200;

    public int Seed { get; init; } = 1;
}
