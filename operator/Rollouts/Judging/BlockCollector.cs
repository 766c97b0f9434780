using ModelOperator.Analysis;
using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts.Judging;

/// <summary>
/// Gathers ticks into blocks of analysis.intervalSeconds by the time the routers put on them, so that the blocks are the same whether the
/// ticks are read one by one or, after the operator was away, all at once.
/// </summary>
internal sealed class BlockCollector
{
    // A tick is reported after it has closed, and is then still on its way.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    private readonly Scope _scope;
    private readonly RolloutStatus _rollout;
    private readonly string _stable;
    private readonly string _canary;
    private readonly SplitWatch _split;
    private List<KnownGuardrail> _guardrails;

    public BlockCollector(Scope scope, string stable, string canary)
    {
        _scope = scope;
        _rollout = scope.Status.Rollout!;
        _stable = stable;
        _canary = canary;
        _split = new SplitWatch(scope, canary);
        _guardrails = [.. scope.Evidence];

        // The operator's own clock may have been set back, or another operator may have had another one.
        _rollout.BlockStartedAt = _rollout.BlockStartedAt > scope.Now ? scope.Now : _rollout.BlockStartedAt;
    }

    private TimeSpan Interval => _scope.Spec.Analysis.Interval;

    public void Add(EvidenceTick tick, DateTimeOffset start)
    {
        // A block belongs to one step: what the routers confirmed in its middle begins another.
        bool isOfNewStep = StepAt(_rollout.BlockStartedAt) != StepAt(start);
        if (_rollout.BlockStartedAt is not null && (isOfNewStep || start - _rollout.BlockStartedAt >= Interval))
        {
            Close(isForced: isOfNewStep);
        }

        _rollout.BlockStartedAt ??= start;
        _split.Collect(tick, start);
        var canary = tick.Revisions.GetValueOrDefault(_canary);
        var stable = tick.Revisions.GetValueOrDefault(_stable);
        _rollout.CanaryRequests += RevisionFigures.Requests(canary);
        _rollout.BlockRequests += _rollout.StepConfirmedAt is null ? 0 : RevisionFigures.Judged(canary);
        var all = _guardrails;
        Change(known => known with { Evidence = Admit(known.Evidence, Collect(known, canary, stable, all)) });
    }

    /// <summary>Ends the block whose time is over although no later tick has come.</summary>
    public void CloseIfOver()
    {
        if (_rollout.BlockStartedAt is { } start && _scope.Now - start >= Interval + Slack)
        {
            Close(isForced: false);
        }
    }

    /// <summary>Hands the evidence back.</summary>
    public void Save()
    {
        _scope.Evidence = _guardrails;
        _split.Save();
    }

    // What comes while the split is known to be skewed is not even counted.
    private GuardrailEvidence Admit(GuardrailEvidence before, GuardrailEvidence after) =>
        _split.IsSkewed ? after with { Pending = before.Pending } : after;

    /// <summary>
    /// A guardrail's evidence with the counts of one tick; <paramref name="all"/> are the guardrails of the rollout as they were before it.
    /// </summary>
    public static GuardrailEvidence Collect(
        CountedGuardrail known, RevisionCounts? canary, RevisionCounts? stable, IEnumerable<KnownGuardrail> all)
    {
        var (guardrail, evidence) = (known.Guardrail, known.Evidence);
        if (evidence.Latency is { } target)
        {
            return evidence.Collect(new Block(Slow(target, canary), Slow(target, stable))) with
            {
                Latency = target.Learn(RevisionFigures.Latencies(stable)),
            };
        }

        if (guardrail.Type == GuardrailType.Accuracy)
        {
            var outcomes = new Block(RevisionFigures.Outcomes(canary), RevisionFigures.Outcomes(stable));
            var (left, covered) = (evidence.Coverage ?? new())
                .Take(RevisionFigures.Predictions(canary), RevisionFigures.Predictions(stable), outcomes);
            return evidence.Collect(covered) with { Coverage = left };
        }

        int patience = Patience.Of(guardrail, all);
        return evidence.Collect(new Block(RevisionFigures.Count(canary, patience), RevisionFigures.Count(stable, patience)));
    }

    // Whoever went away after the target would have got a slow answer, if any.
    private static ArmCounts Slow(LatencyTarget target, RevisionCounts? counts) =>
        target.Count([.. RevisionFigures.Latencies(counts), .. RevisionFigures.Abandoned(counts, target.Bucket ?? LatencyBuckets.Count)]);

    private void Close(bool isForced)
    {
        int step = StepAt(_rollout.BlockStartedAt);
        _rollout.BlockStartedAt = null;
        bool isSplit = !_split.IsSkewed;
        _split.CloseBlock();

        // What was not split as it should be is no fair comparison.
        isSplit &= !_split.IsSkewed;
        _rollout.StepRequests += isSplit ? _rollout.BlockRequests : 0;
        _rollout.BlockRequests = 0;
        Change(known => known with
        {
            Evidence = isSplit ? known.Evidence.Enter(step).CloseBlock(known.Criterion, isForced) : known.Evidence.Enter(step).DropBlock(),
        });
    }

    /// <summary>
    /// The step whose weight was in force then; below 0 while some routers may still have been at the one before. There is none before the
    /// first.
    /// </summary>
    private int StepAt(DateTimeOffset? start) => _rollout.Step == 0 || start >= _rollout.StepConfirmedAt ? _rollout.Step : -1;

    private void Change(Func<CountedGuardrail, KnownGuardrail> change) =>
        _guardrails = [.. _guardrails.Select(known => known is CountedGuardrail { IsFromRouters: true } counted ? change(counted) : known)];
}
