using ModelOperator.Analysis;

namespace ModelOperator.Cli.Simulate;

/// <summary>How a rollout ended.</summary>
internal enum Outcome
{
    /// <summary>The canary became stable.</summary>
    Promoted,

    /// <summary>The canary lost its traffic, or never had any.</summary>
    RolledBack,

    /// <summary>The deadline passed and a person has to decide.</summary>
    Held,
}

/// <summary>One simulated rollout.</summary>
internal sealed record RunResult
{
    public required Outcome Outcome { get; init; }

    /// <summary>The reason the planner gave.</summary>
    public required string Reason { get; init; }

    /// <summary>Name of the guardrail that was found harmful; null when none was.</summary>
    public required string? HarmfulGuardrail { get; init; }

    /// <summary>Seconds from the change of the spec to the end.</summary>
    public required int Seconds { get; init; }

    /// <summary>The canary's weights, in the order they came, the last one 0 or 100 unless it is held.</summary>
    public required IReadOnlyList<WeightChange> Weights { get; init; }

    /// <summary>When each step that was reached began.</summary>
    public required IReadOnlyList<int> Steps { get; init; }

    /// <summary>Each guardrail's verdict at the end, in the order of the spec.</summary>
    public required IReadOnlyList<Verdict> Verdicts { get; init; }

    public required long Requests { get; init; }

    public required long Wrong { get; init; }

    public required long Failed { get; init; }

    public required long Slow { get; init; }
}

/// <summary>The canary gets so many percent of the requests from this second on.</summary>
internal sealed record WeightChange(int Second, int Weight);
