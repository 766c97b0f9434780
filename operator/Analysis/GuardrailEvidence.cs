using System.Text.Json.Serialization;

namespace ModelOperator.Analysis;

/// <summary>What is known of one guardrail: immutable, and its JSON carries it over a restart without losing a bit.</summary>
public sealed record GuardrailEvidence
{
    private const int LeastTrials = 3;
    private const int MostIntervals = 180;

    // A logarithm: at confidence 95 and above at least two blocks must agree.
    private const double MostOfOneBlock = 3;

    /// <summary>What was measured and how; evidence gathered for other settings says nothing about these.</summary>
    public string Settings { get; init; } = "";

    /// <summary>Counts of the closed blocks.</summary>
    public Block Closed { get; init; }

    /// <summary>Counts of the block being collected.</summary>
    public Block Pending { get; init; }

    /// <summary>Intervals that the block being collected has gone on for beyond its first.</summary>
    public int PendingIntervals { get; init; }

    /// <summary>Stable's bad rate as the past shows it.</summary>
    public BaseRate Base { get; init; } = new();

    /// <summary>Evidence that the canary is worse than the criterion allows.</summary>
    public EProcess Harm { get; init; } = new();

    /// <summary>The same with every block cut off: however bad, no block alone is proof.</summary>
    public EProcess HarmOfMany { get; init; } = new();

    /// <summary>What the step in progress shows.</summary>
    public StepEvidence Step { get; init; } = new();

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
    internal bool IsWhole => Settings is not null && Closed.IsWhole && Pending.IsWhole && PendingIntervals is >= 0 and < MostIntervals
        && Base is { IsWhole: true }
        && Harm is { IsWhole: true } && HarmOfMany is { IsWhole: true } && Step is { IsWhole: true } && Dispersion is { IsWhole: true }
        && Latency is null or { IsWhole: true }
        && Coverage is null or { IsWhole: true };

    /// <summary>Adds counts to the block being collected.</summary>
    public GuardrailEvidence Collect(Block counts) => this with { Pending = Pending + counts };

    /// <summary>Begins a rollout: with what is known of stable up to now, and no counts.</summary>
    public GuardrailEvidence Begin() => (this with { Pending = default }).Take(Latency?.Move());

    /// <summary>
    /// Ends a block collected while there is no canary: learns what stable is like, its rate, its latencies, and how much it wobbles by
    /// itself.
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

    /// <summary>
    /// Ends the block being collected: bets on it what earlier blocks suggest, then learns from it. A block in which the canary had fewer
    /// than three trials goes on, for half an hour of ten-second blocks at most: one without the canary would count for nothing.
    /// </summary>
    /// <param name="criterion">What the canary is held against.</param>
    /// <param name="isForced">Whether it ends however few trials it has.</param>
    public GuardrailEvidence CloseBlock(Criterion criterion, bool isForced = false)
    {
        // Without a target there is nothing to count yet, and one can only be set between blocks.
        if (!isForced && Latency is not { Bucket: null } && Pending.Canary.Total < LeastTrials && PendingIntervals + 1 < MostIntervals)
        {
            return this with { PendingIntervals = PendingIntervals + 1 };
        }

        var (target, isChanging) = Settle();
        var next = this;

        // Whether a block is bet on depends on its sizes and on the past, never on how it turned out.
        if (criterion.IsMetBy(Pending))
        {
            next = next with { Dispersion = Dispersion.Learn(criterion, Pending, Total, learnsStable: !isChanging) };
            if (criterion.IsLimit || Base.Guess() is not null)
            {
                next = next.Bet(criterion);
            }
        }

        return (next with
        {
            Closed = Total,
            Pending = default,
            PendingIntervals = 0,
            Base = Base.Learn(Pending.Stable),
        }).Take(target);
    }

    /// <summary>Ends the block being collected and leaves it out: what was compared in it was not split as it should be.</summary>
    public GuardrailEvidence DropBlock() => (this with { Pending = default, PendingIntervals = 0 }).Take(Latency?.Move());

    /// <summary>
    /// Goes on in another step of the rollout, after a block was closed: what was shown at another weight is no evidence of safety here,
    /// and more load is when faults begin. The same step again changes nothing.
    /// </summary>
    public GuardrailEvidence Enter(int step) => step == Step.Step ? this : this with
    {
        Step = new StepEvidence { Step = step },
        Harm = Harm.BeginStep(),
        HarmOfMany = HarmOfMany.BeginStep(),
    };

    /// <summary>Logarithm of the evidence that the canary is within the criterion, on average over the step in progress.</summary>
    internal double LogSafety(Criterion criterion)
    {
        // A target that may hide a slow canary shows none safe.
        if (Latency is { IsInDoubt: true })
        {
            return 0;
        }

        double factor = Dispersion.Factor();
        return factor <= 1
            ? Step.LogSafety(criterion, 1)
            : Dispersion.Hold(
                Step.LogSafety(criterion, Math.Min(factor, Dispersion.MostWhereItPersists)),
                Step.LogSafety(criterion, Dispersion.Outage * factor),
                Hypothesis.Safety);
    }

    /// <summary>
    /// Logarithm of the evidence of harm now, that of a single block included: no proof, but no moment to promote either.
    /// </summary>
    internal double LogHarm() => Dispersion.Temper(Harm with { LogPeak = 0 });

    /// <summary>Logarithm of the evidence of harm in the last blocks alone.</summary>
    internal double LogRecentHarm(Criterion criterion) => Step.LogRecentHarm(criterion, Dispersion.Factor());

    /// <summary>Where the target goes, and whether stable is becoming another than it was: that is no wobble.</summary>
    private (Settled? Target, bool IsChanging) Settle()
    {
        var target = Latency?.Move();
        return (target, Latency is { Bucket: not null } && target is { Anew: not null } or { Target.IsInDoubt: true });
    }

    /// <summary>
    /// Takes a target over. One that is learnt anew makes slow something else: stable's rate under it is known from what it was learnt
    /// from, and to have been safe under the one before says nothing. Harm stays: each block was judged by a target that was fixed before
    /// it.
    /// </summary>
    private GuardrailEvidence Take(Settled? settled) => settled switch
    {
        null => this,
        { Anew: { } stable } => this with
        {
            Latency = settled.Target,
            Base = new BaseRate().Learn(stable),
            Harm = Harm.BeginAnew(),
            HarmOfMany = HarmOfMany.BeginAnew(),
            Step = new StepEvidence { Step = Step.Step },
            Dispersion = Dispersion.StartAnew(),
        },
        _ => this with { Latency = settled.Target },
    };

    private GuardrailEvidence Bet(Criterion criterion)
    {
        double baseRate = Base.Guess() ?? 0.5;
        Span<double> logs = stackalloc double[EffectSizes.Count];
        Bets.Place(Hypothesis.Harm, criterion, baseRate, Pending, logs);
        var next = this with
        {
            Harm = Harm.Multiply(logs),
            HarmOfMany = HarmOfMany.Multiply(logs, MostOfOneBlock),
            Step = Latency is { IsInDoubt: true } ? Step : Step.Add(Pending, baseRate),
        };
        return next with { Harm = next.Harm.Show(Math.Min(next.Dispersion.Temper(next.Harm), next.HarmOfMany.LogValue())) };
    }
}
