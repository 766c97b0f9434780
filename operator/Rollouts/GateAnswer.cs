using ModelOperator.Analysis;

namespace ModelOperator.Rollouts;

/// <summary>What a webhook or a Job says for one guardrail.</summary>
public sealed record GateAnswer
{
    /// <summary>When it was asked.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Safe, Harmful, Continue or Inconclusive; null when it gave none, and <see cref="Problem"/> says why.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The reason it gave, for people.</summary>
    public string? Message { get; init; }

    /// <summary>Why there is no verdict, for people; null when it is just not there yet.</summary>
    public string? Problem { get; init; }
}
