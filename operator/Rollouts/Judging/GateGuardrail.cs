using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>A guardrail that gives a verdict of its own: a webhook or a Job. Safe and Harmful are its last word.</summary>
internal sealed record GateGuardrail(EffectiveGuardrail Guardrail, string Settings, Verdict Verdict, string? Message, SourceStatus? Source)
    : KnownGuardrail(Guardrail, Source)
{
    public override GuardrailVerdict Judge(Judge judge, int step, bool isLast)
    {
        var verdict = Verdict is Verdict.Continue or Verdict.Inconclusive ? isLast ? Verdict.Inconclusive : Verdict.Continue : Verdict;
        string reason = Message is { Length: > 0 } ? $": {Message}" : "";
        return Say(
            new Judgement(verdict, IsSuspicious: false, HarmOdds: 1, SafetyOdds: 1, default),
            verdict switch
            {
                Verdict.Harmful => $"the {Guardrail.Type} finds the canary harmful{reason}",
                Verdict.Safe => $"the {Guardrail.Type} finds the canary safe{reason}",
                Verdict.NoData => $"the {Guardrail.Type} has given no verdict",
                Verdict.Inconclusive => $"the {Guardrail.Type} could not tell in time{reason}",
                _ => $"the {Guardrail.Type} has not decided yet{reason}",
            });
    }

    public override GuardrailStatus Describe(Judgement judgement) => new() { State = Settings, Answer = Message };
}
