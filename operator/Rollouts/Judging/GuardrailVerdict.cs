using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>What the evidence says of one guardrail, and the sentence for people.</summary>
internal sealed record GuardrailVerdict(EffectiveGuardrail Guardrail, Judgement Judgement, string Sentence);
