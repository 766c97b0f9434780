using ModelOperator.Analysis;

namespace ModelOperator.Cli.Replay;

/// <summary>The last line of the output: the verdict on the canary as a whole.</summary>
internal sealed record FinalLine
{
    public required Verdict Verdict { get; init; }

    /// <summary>Lines that were read.</summary>
    public required long Lines { get; init; }

    public required IReadOnlyList<DecisionLine> Guardrails { get; init; }

    /// <summary>As the planner decides: any harm ends it, all must be safe, and without data nothing is decided.</summary>
    public static Verdict Of(IReadOnlyList<Verdict> verdicts, bool isLast) => verdicts switch
    {
        [] => Verdict.NoData,
        _ when verdicts.Contains(Verdict.Harmful) => Verdict.Harmful,
        _ when verdicts.All(verdict => verdict == Verdict.Safe) => Verdict.Safe,
        _ when verdicts.All(verdict => verdict == Verdict.NoData) => Verdict.NoData,
        _ when !isLast => Verdict.Continue,
        _ => verdicts.Contains(Verdict.NoData) ? Verdict.NoData : Verdict.Inconclusive,
    };
}
