using ModelOperator.Analysis;

namespace ModelOperator.Cli.Replay;

/// <summary>A line of the output: what the evidence says of a guardrail after a block.</summary>
internal sealed record DecisionLine
{
    // JSON knows no infinity; beyond this nobody counts.
    private const double MostEvidence = 1e300;

    public required double T { get; init; }

    public required string Guardrail { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>Evidence of harm: at most 1 in so many canaries within the margin would ever look this bad.</summary>
    public required double EHarm { get; init; }

    /// <summary>Evidence of safety: at most 1 in so many canaries beyond the margin would ever look this good.</summary>
    public required double ESafe { get; init; }

    /// <summary>Whether the operator would hold back the next step.</summary>
    public required bool Suspicious { get; init; }

    /// <summary>Where the difference lies, or with a limit the canary's share, at all times at once: low and high.</summary>
    public required double[] Interval { get; init; }

    public required ArmLine Canary { get; init; }

    public required ArmLine Stable { get; init; }

    /// <summary>In the last line: when the verdict was reached.</summary>
    public double? DecidedAt { get; init; }

    public required string Message { get; init; }

    public static DecisionLine Of(double time, string guardrail, Block counts, Judgement judgement, string sentence) => new()
    {
        T = time,
        Guardrail = guardrail,
        Verdict = judgement.Verdict,
        EHarm = Rounded(judgement.HarmOdds),
        ESafe = Rounded(judgement.SafetyOdds),
        Suspicious = judgement.IsSuspicious,
        Interval = [Rounded(judgement.Interval.Low), Rounded(judgement.Interval.High)],
        Canary = new ArmLine(counts.Canary.Bad, counts.Canary.Total),
        Stable = new ArmLine(counts.Stable.Bad, counts.Stable.Total),
        Message = sentence,
    };

    // Six digits: more would only show how a processor rounds.
    private static double Rounded(double value)
    {
        double bounded = Math.Clamp(value, -MostEvidence, MostEvidence);
        return bounded == 0 ? 0 : double.Parse(bounded.ToString("G6"));
    }
}

/// <summary>Counts so far.</summary>
internal sealed record ArmLine(long Bad, long Total);
