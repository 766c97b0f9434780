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

    /// <summary>Stable's bad rate as the past shows it.</summary>
    public BaseRate Base { get; init; } = new();

    /// <summary>Evidence that the canary is worse than the criterion allows.</summary>
    public EProcess Harm { get; init; } = new();

    /// <summary>Evidence that the canary is not worse than the criterion allows.</summary>
    public EProcess Safety { get; init; } = new();

    /// <summary>How far requests are from independent.</summary>
    public Dispersion Dispersion { get; init; } = new();

    /// <summary>With a latency guardrail, what slow means and how that was learnt.</summary>
    public LatencyTarget? Latency { get; init; }

    /// <summary>With an accuracy guardrail, how many outcomes can still come.</summary>
    public Coverage? Coverage { get; init; }

    /// <summary>All counts, those of the block being collected included.</summary>
    [JsonIgnore]
    public Block Total => Closed + Pending;

    /// <summary>
    /// Where the difference of the bad rates lies, or with a limit the canary's bad rate: of the averages so far, at all times at once.
    /// </summary>
    public Interval Interval(Criterion criterion, double errorRate)
    {
        var (canary, stable, factor) = (Total.Canary, Total.Stable, Dispersion.Factor());
        return criterion.IsLimit
            ? RateSequence.Of(canary.Bad / factor, canary.Total / factor, errorRate)
            : RateSequence.Difference(canary.Bad / factor, canary.Total / factor, stable.Bad / factor, stable.Total / factor, errorRate);
    }

    /// <summary>Whether everything is there and as evidence can be. What JSON leaves out is null, whatever its type says.</summary>
    [JsonIgnore]
    internal bool IsWhole => Settings is not null && Closed.IsWhole && Pending.IsWhole && Base is { IsWhole: true }
        && Harm is { IsWhole: true } && Safety is { IsWhole: true } && Dispersion is { IsWhole: true } && Latency is null or { IsWhole: true }
        && Coverage is null or { IsWhole: true };

    /// <summary>Adds counts to the block being collected.</summary>
    public GuardrailEvidence Collect(Block counts) => this with { Pending = Pending + counts };

    /// <summary>Begins a rollout: with what is known of stable up to now, and no counts.</summary>
    public GuardrailEvidence Begin() => (this with { Pending = default }).Take(Latency?.Move());

    /// <summary>
    /// Ends a block collected while there is no canary: learns what stable is like, its rate, its latencies, and how much it wobbles by itself.
    /// </summary>
    public GuardrailEvidence CloseStableBlock()
    {
        var (target, isChanging) = Settle();
        bool learns = Pending.Stable.Total > 0 && !isChanging;
        return (this with
        {
            Pending = default,
            Base = Base.Learn(Pending.Stable),
            Dispersion = learns ? Dispersion.LearnStable(Pending.Stable) : Dispersion,
        }).Take(target);
    }

    /// <summary>Ends the block being collected: bets on it what earlier blocks suggest, then learns from it.</summary>
    public GuardrailEvidence CloseBlock(Criterion criterion)
    {
        var (target, isChanging) = Settle();
        var (harm, safety, dispersion) = (Harm, Safety, Dispersion);

        // Whether a block is bet on depends on its sizes and on the past, never on how it turned out.
        if (criterion.IsMetBy(Pending))
        {
            dispersion = dispersion.Learn(criterion, Pending, Closed.Canary, learnsStable: !isChanging);
            if (criterion.IsLimit || Base.Guess() is not null)
            {
                harm = Bet(harm, Hypothesis.Harm, criterion, dispersion);

                // A target that may hide a slow canary shows none safe.
                safety = Latency is { IsInDoubt: true } ? safety : Bet(safety, Hypothesis.Safety, criterion, dispersion);
            }
        }

        return (this with
        {
            Closed = Total,
            Pending = default,
            Base = Base.Learn(Pending.Stable),
            Harm = harm,
            Safety = safety,
            Dispersion = dispersion,
        }).Take(target);
    }

    /// <summary>Where the target goes, and whether stable is becoming another than it was: that is no wobble.</summary>
    private (Settled? Target, bool IsChanging) Settle()
    {
        var target = Latency?.Move();
        return (target, Latency is { Bucket: not null } && target is { Anew: not null } or { Target.IsInDoubt: true });
    }

    /// <summary>
    /// Takes a target over. One that is learnt anew makes slow something else: stable's rate under it is known from what it was learnt from, and to
    /// have been safe under the one before says nothing. Harm stays: each block was judged by a target that was fixed before it.
    /// </summary>
    private GuardrailEvidence Take(Settled? settled) => settled switch
    {
        null => this,
        { Anew: { } stable } => this with
        {
            Latency = settled.Target,
            Base = new BaseRate().Learn(stable),
            Safety = new EProcess(),
            Dispersion = Dispersion.StartAnew(stable),
        },
        _ => this with { Latency = settled.Target },
    };

    private EProcess Bet(EProcess process, Hypothesis hypothesis, Criterion criterion, Dispersion dispersion)
    {
        Span<double> logs = stackalloc double[EffectSizes.Count];
        Bets.Place(hypothesis, criterion, Base.Guess() ?? 0, Pending, logs);
        var next = process.Multiply(logs);
        return next.Show(dispersion.Temper(next, hypothesis));
    }
}
