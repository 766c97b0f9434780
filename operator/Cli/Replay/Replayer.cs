using ModelOperator.Analysis;

namespace ModelOperator.Cli.Replay;

/// <summary>Judges blocks in the order they come, as the operator would have. Its memory does not grow with the input.</summary>
internal sealed class Replayer(ReplaySettings settings)
{
    private readonly Judge _judge = settings.Judge;
    private readonly List<GuardrailReplay> _guardrails = [];
    private double? _time;
    private double? _canarySince;
    private long _lines;

    private bool IsLast => _time - _canarySince >= settings.DeadlineSeconds;

    /// <summary>Takes a block in; null when there is nothing to decide yet.</summary>
    public DecisionLine? Add(BlockLine block, long number)
    {
        if (block.Time < _time)
        {
            throw new LineException(number, $"t is {block.Time}, before the {_time} of the line before; want the blocks in order of time");
        }

        var guardrail = Find(block.Guardrail, number);
        _time = block.Time;
        _canarySince ??= block.Canary is null ? null : block.Time;
        _lines = number;
        return guardrail.Add(block, IsLast, number);
    }

    /// <summary>The verdict as a whole.</summary>
    public FinalLine Conclude()
    {
        if (settings.NamedByOptions.FirstOrDefault(name => !_guardrails.Exists(guardrail => guardrail.Name == name)) is { } unknown)
        {
            throw CliException.Invalid(
                $"an option names the guardrail \"{unknown}\", of which there is no block; "
                + $"want one of {string.Join(", ", _guardrails.Select(guardrail => guardrail.Name))}");
        }

        var concluded = _guardrails.Select(guardrail => guardrail.Conclude(IsLast)).ToList();
        List<Verdict> deciding = [.. concluded.Zip(_guardrails).Where(pair => !pair.Second.WarnsOnly).Select(pair => pair.First.Verdict)];

        // A guardrail that nothing was ever counted for is one without data.
        var missing = Enumerable.Repeat(Verdict.NoData, settings.Guardrails - deciding.Count);
        return new FinalLine
        {
            Verdict = FinalLine.Of([.. deciding, .. missing], IsLast),
            Lines = _lines,
            Guardrails = concluded,
        };
    }

    private GuardrailReplay Find(string name, long number)
    {
        if (_guardrails.Find(known => known.Name == name) is { } known)
        {
            return known;
        }

        var test = settings.Test(name)
            ?? throw new LineException(
                number, $"guardrail \"{name}\" is not one of the manifest's that judge counts; want {string.Join(", ", settings.Names)}");
        if (!test.WarnsOnly && _guardrails.Count(known => !known.WarnsOnly) == settings.Guardrails)
        {
            throw new LineException(
                number,
                $"\"{name}\" is one guardrail more than the {settings.Guardrails} that the confidence is shared over; "
                + "say with --guardrails how many there are");
        }

        var added = new GuardrailReplay(name, test, _judge);
        _guardrails.Add(added);
        return added;
    }
}
