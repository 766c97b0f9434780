using ModelOperator.Analysis;

namespace ModelOperator.Benchmarks.Rules;

/// <summary>The product's own evidence and judge, as it uses them: one guardrail, confidence 99.</summary>
internal sealed class Ours : IRule
{
    private static readonly Judge Judge = Judge.ForGuardrails(99, 1);

    private readonly Criterion _criterion;
    private GuardrailEvidence _evidence;

    public Ours(IEnumerable<ArmCounts> before, double margin = 0, double blockSeconds = 10)
    {
        _criterion = Criterion.Margin(margin);
        _evidence = new GuardrailEvidence { Dispersion = new Dispersion { BlockSeconds = blockSeconds } };
        foreach (var counts in before)
        {
            _evidence = _evidence.Collect(new Block(default, counts)).CloseStableBlock();
        }
    }

    public GuardrailEvidence Evidence => _evidence;

    public Verdict Verdict => Judge.Of(_evidence, _criterion).Verdict;

    public bool RollsBack(Block block)
    {
        _evidence = _evidence.Collect(block).CloseBlock(_criterion);
        return _evidence.Harm.LogPeak >= -Math.Log(Judge.HarmErrorRate);
    }
}

/// <summary>The same e-process without the measured dispersion: exact for independent requests, and only for them.</summary>
internal sealed class OursPlain(IEnumerable<ArmCounts> before) : IRule
{
    private readonly Ours _ours = new(before);

    public bool RollsBack(Block block)
    {
        _ours.RollsBack(block);
        return _ours.Evidence.Harm.LogValue() >= -Math.Log(0.01);
    }
}
