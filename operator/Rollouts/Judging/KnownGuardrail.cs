using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>A guardrail of the spec and what is known of it.</summary>
internal abstract record KnownGuardrail(EffectiveGuardrail Guardrail, SourceStatus? Source)
{
    /// <summary>
    /// What the evidence says in a step of the rollout. Safety that was shown in an earlier one is none, also before the first block of
    /// this one.
    /// </summary>
    public abstract GuardrailVerdict Judge(Judge judge, int step, bool isLast);

    /// <summary>The figures for people, beside the exact state.</summary>
    public abstract GuardrailStatus Describe(Judgement judgement);

    /// <summary>The guardrail in the status.</summary>
    public GuardrailStatus Summarise(GuardrailVerdict verdict)
    {
        var status = Describe(verdict.Judgement);
        status.Name = Guardrail.Name;
        status.Verdict = verdict.Judgement.Verdict.ToString();
        status.Message = StatusLimits.Shorten(verdict.Sentence);
        status.Source = Source;
        return status;
    }

    protected GuardrailVerdict Say(Judgement judgement, string sentence) =>
        new(
            Guardrail,
            judgement,
            sentence + (Source?.Problem is { } problem ? $"; no answer that can be used now: {problem}" : "")
                + (Guardrail.WarnsOnly ? Sentence.WarnsOnly : ""));
}
