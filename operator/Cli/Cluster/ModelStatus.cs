using System.Text.Json.Serialization;
using ModelOperator.Rollouts;

namespace ModelOperator.Cli.Cluster;

/// <summary>What the operator says of a ModelDeployment.</summary>
internal sealed record ModelStatus
{
    public long? ObservedGeneration { get; set; }

    public string? Phase { get; set; }

    public string? Message { get; set; }

    public int? Replicas { get; set; }

    public string? StableRevision { get; set; }

    public string? CanaryRevision { get; set; }

    public int? CanaryWeight { get; set; }

    public RolloutState? Rollout { get; set; }

    public Evaluation? Evaluation { get; set; }

    public Routing? Routing { get; set; }

    public IReadOnlyList<Target> Traffic { get; set; } = [];

    public IReadOnlyList<Condition> Conditions { get; set; } = [];

    public IReadOnlyList<Guardrail> Analysis { get; set; } = [];

    public IReadOnlyList<Rejected> Rejected { get; set; } = [];

    public IReadOnlyList<KnownRevision> Revisions { get; set; } = [];

    public IReadOnlyList<Decision> History { get; set; } = [];

    public Undo? Undo { get; set; }

    public LastOrder? LastOrder { get; set; }

    /// <summary>The revision that can be tried again: it was undone or rejected, or its evaluation was not passed.</summary>
    [JsonIgnore]
    public string? GivenUp => Undo?.From
        ?? (Rejected is [.., var last] ? last.Revision : Evaluation is { State: "Error" or "Failed" } ? Evaluation.Revision : null);

    /// <summary>The stable revision before this, as the operator finds it; null when it is not known any more.</summary>
    [JsonIgnore]
    public string? Earlier => StableRevision is null ? null : History.LastOrDefault(decision => decision.Action == DecisionActions.Promoted
        && decision.Revision != StableRevision && Revisions.Any(known => known.Revision == decision.Revision))?.Revision;
}

/// <summary>The rollout in progress.</summary>
/// <param name="Step">Index of the step.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="ReadyAt">When the canary became ready for its first requests; null before.</param>
/// <param name="PauseStartedAt">When the pause after the step began; null when it waits at none.</param>
/// <param name="PausedSince">Since when it is paused, by a step or by the spec; null while it is not.</param>
internal sealed record RolloutState(
    int Step, int Steps, DateTimeOffset? ReadyAt, DateTimeOffset? PauseStartedAt, DateTimeOffset? PausedSince);

internal sealed record Evaluation(string? Revision, string? State, string? Message);

internal sealed record Routing(IReadOnlyList<Target>? Targets);

internal sealed record Target(string Revision, int Weight);

internal sealed record Condition(string Type, string Status, string? Reason, string? Message);

internal sealed record Guardrail(
    string Name,
    string? Verdict,
    string? Message,
    Arm? Canary,
    Arm? Stable,
    string? HarmEvidence,
    string? SafetyEvidence,
    string? Interval,
    string? Answer,
    GuardrailSource? Source);

internal sealed record Arm(long Total, long Bad, string? Mean);

internal sealed record GuardrailSource(string? Problem);

internal sealed record Rejected(string Revision, string? Reason, string? Message, DateTimeOffset? RetryAt);

internal sealed record KnownRevision(string Revision);

internal sealed record Decision(DateTimeOffset? Time, string? Action, string? Revision, string? By, string? Reason, string? Message);

/// <summary>Where a person went back to, and from what.</summary>
internal sealed record Undo(string? Revision, string? From, string? By);

/// <summary>What became of the last order.</summary>
internal sealed record LastOrder(string? Order, string? By, string? RequestId, string? Time, string? Outcome, string? Message)
{
    /// <summary>Whether another giving of an order, be it of the same one, is meant.</summary>
    public bool IsOtherThan(LastOrder? before) => (Time, RequestId) != (before?.Time, before?.RequestId);
}

/// <summary>Phases that the plugin speaks of.</summary>
internal static class Phases
{
    public const string Initializing = "Initializing";
    public const string Promoting = "Promoting";
    public const string Paused = "Paused";
}
