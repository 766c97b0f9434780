using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>A guardrail of the spec and what is known of it.</summary>
internal sealed record KnownGuardrail(EffectiveGuardrail Guardrail, GuardrailEvidence Evidence)
{
    public Criterion Criterion => Criterion.Margin(Guardrail.MarginPercent / 100.0);
}
