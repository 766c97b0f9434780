using ModelOperator.Analysis;

namespace ModelOperator.Cli.Replay;

/// <summary>The evidence on one guardrail, block by block: the very classes the operator's planner uses.</summary>
internal sealed class GuardrailReplay(string name, ReplayTest test, Judge judge)
{
    // Sums stay exact in a double, and far from overflow.
    private const long MostTotal = 1_000_000_000_000_000;

    // Shares of fewer requests may jump by chance.
    private const long LeastToTell = 100;
    private const double LeastJump = 1.5;

    private GuardrailEvidence _evidence = new();
    private double? _share;
    private int _step;
    private double? _time;
    private double? _decidedAt;
    private bool _hasCanary;

    public string Name => name;

    public bool WarnsOnly => test.WarnsOnly;

    public Judgement? Judgement { get; private set; }

    /// <summary>Takes a block in; null when it came before the rollout, where there is nothing to judge.</summary>
    public DecisionLine? Add(BlockLine block, bool isLast, long number)
    {
        Check(block, number);
        _time = block.Time;
        var counts = new Block(block.Canary ?? default, block.Stable ?? default);
        if (block.Canary is null)
        {
            _evidence = _evidence.Collect(counts).CloseStableBlock();
            return null;
        }

        _hasCanary = true;
        _evidence = _evidence.Enter(block.Step ?? StepOf(counts)).Collect(counts).CloseBlock(test.Criterion);
        return Judge(block.Time, isLast);
    }

    /// <summary>The last word on the guardrail.</summary>
    public DecisionLine Conclude(bool isLast) => Judge(_time!.Value, isLast) with { DecidedAt = _decidedAt };

    private DecisionLine Judge(double time, bool isLast)
    {
        var judgement = judge.Of(_evidence, test.Criterion, isLast);
        if (judgement.Verdict is Verdict.Harmful or Verdict.Safe && judgement.Verdict != Judgement?.Verdict)
        {
            _decidedAt = time;
        }

        Judgement = judgement;
        return DecisionLine.Of(
            time, name, _evidence.Total, judgement,
            Sentence.Of(test.Measure, test.Criterion, _evidence, judgement, judge) + (WarnsOnly ? Sentence.WarnsOnly : ""));
    }

    /// <summary>
    /// A recorded stream does not say where a step begins. The canary's share does: it is half as much again, or more, from one block to
    /// the next.
    /// </summary>
    private int StepOf(Block block)
    {
        double share = block.Canary.Total / ((double)block.Canary.Total + block.Stable.Total);
        bool isKnown = block.Canary.Total >= LeastToTell && block.Stable.Total >= LeastToTell;
        if (isKnown && _share is { } before && Math.Abs(Math.Log(share / before)) > Math.Log(LeastJump))
        {
            _step++;
        }

        _share = isKnown ? share : _share;
        return _step;
    }

    private void Check(BlockLine block, long number)
    {
        if (block.Time <= _time)
        {
            throw new LineException(
                number,
                $"t is {block.Time}, and guardrail \"{name}\" has a block of t {_time} already; want a later one, a block counts once");
        }

        if (block.Canary is not null && block.Stable is null && !test.Criterion.IsLimit)
        {
            throw new LineException(
                number,
                "has no stable, which the canary is compared with; want \"stable\":{\"bad\":n,\"total\":n}, "
                + "with total 0 when it had no requests");
        }

        if (block.Canary is null && _hasCanary)
        {
            throw new LineException(
                number,
                $"has no canary, though \"{name}\" has had one; a block of stable alone is one before the rollout, "
                + "else want \"canary\":{\"bad\":0,\"total\":0}");
        }

        var sum = _evidence.Total + new Block(block.Canary ?? default, block.Stable ?? default);
        if (Math.Max(sum.Canary.Total, sum.Stable.Total) > MostTotal)
        {
            throw new LineException(number, $"brings the counts of \"{name}\" above {MostTotal}; want less");
        }
    }
}
