using ModelOperator.Analysis;

namespace ModelOperator.Cli.Replay;

/// <summary>How a whole replay is judged.</summary>
internal sealed record ReplaySettings
{
    /// <summary>Shares the confidence out over the guardrails.</summary>
    public required Judge Judge { get; init; }

    /// <summary>How many guardrails decide.</summary>
    public required int Guardrails { get; init; }

    /// <summary>Seconds from the canary's first block after which what is undecided is inconclusive.</summary>
    public required double DeadlineSeconds { get; init; }

    /// <summary>How a guardrail is judged; null when there is no such guardrail.</summary>
    public required Func<string, ReplayTest?> Test { get; init; }

    /// <summary>The names there may be, for messages; empty when any name will do.</summary>
    public required IReadOnlyCollection<string> Names { get; init; }

    /// <summary>Names in options: a block must have each of them, or the option was mistyped.</summary>
    public IReadOnlyCollection<string> NamedByOptions { get; init; } = [];
}
