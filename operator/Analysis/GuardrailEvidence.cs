using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>What is known of one guardrail: immutable, and its JSON carries it over a restart without losing a bit.</summary>
public sealed record GuardrailEvidence
{
    /// <summary>What was measured and how; evidence gathered for other settings says nothing about these.</summary>
    public string Settings { get; init; } = "";

    /// <summary>Counts of the closed blocks.</summary>
    public Block Closed { get; init; }

    /// <summary>Counts of the block being collected.</summary>
    public Block Pending { get; init; }

    /// <summary>What the closed blocks say of the rates.</summary>
    public RunningRates Rates { get; init; } = new();

    /// <summary>Evidence that the canary is worse than the margin allows.</summary>
    public EProcess Harm { get; init; } = new();

    /// <summary>Evidence that the canary is not worse than the margin allows.</summary>
    public EProcess Safety { get; init; } = new();

    /// <summary>With a latency guardrail, what slow means and how that was learnt.</summary>
    public LatencyTarget? Latency { get; init; }

    /// <summary>All counts, those of the block being collected included.</summary>
    [JsonIgnore]
    public Block Total => Closed + Pending;

    /// <summary>Adds counts to the block being collected.</summary>
    public GuardrailEvidence Collect(Block counts) => this with { Pending = Pending + counts };

    /// <summary>Ends the block being collected: bets on it what earlier blocks suggest, then learns from it.</summary>
    /// <param name="margin">Accepted difference of the bad rates, from 0 to below 1.</param>
    public GuardrailEvidence CloseBlock(double margin) => this with
    {
        Closed = Total,
        Pending = default,
        Rates = Rates.Learn(Pending),
        Harm = Bet(Harm, Hypothesis.Harm, margin),
        Safety = Bet(Safety, Hypothesis.Safety, margin),
        Latency = Latency?.Settle(),
    };

    // Whether a block is bet on depends on its sizes and on the past, never on how it turned out.
    private EProcess Bet(EProcess process, Hypothesis hypothesis, double margin) =>
        Rates.Guess() is { } guess && !guess.InNull(hypothesis, margin) && Pending is { Canary.Total: > 0, Stable.Total: > 0 }
            ? process.Multiply(EValue.Log(hypothesis, margin, guess, Pending))
            : process;
}
