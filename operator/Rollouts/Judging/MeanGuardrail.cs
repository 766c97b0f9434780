using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Rollouts.Judging;

/// <summary>A guardrail on means from a Prometheus server.</summary>
internal sealed record MeanGuardrail(EffectiveGuardrail Guardrail, MeanEvidence Evidence, SourceStatus? Source)
    : KnownGuardrail(Guardrail, Source)
{
    public MeanScale Scale => MeanScale.Of(Guardrail.Prometheus!);

    private double Margin => Guardrail.MarginPercent / 100.0;

    /// <summary>Adds one block of a step: both revisions' means over the same time, in the metric's own unit.</summary>
    public MeanGuardrail Add(int step, double canary, double stable) =>
        this with { Evidence = Evidence.Enter(step).Add(Scale.ToBadness(canary), Scale.ToBadness(stable), Margin) };

    public override GuardrailVerdict Judge(Judge judge, int step, bool isLast)
    {
        var judgement = judge.Of(Evidence.Enter(step), isLast);
        string clamped = Source?.Clamped is { } count and > 0
            ? $"; in {count} of {Evidence.Blocks} intervals a mean was outside {Guardrail.Prometheus!.MeanMinimum} to "
                + $"{Guardrail.Prometheus.MeanMaximum} and counted as its end"
            : "";
        return Say(judgement, MeanSentence.Of(Text(Evidence.Canary), Text(Evidence.Stable), Margin, judgement, judge) + clamped);
    }

    public override GuardrailStatus Describe(Judgement judgement) => new()
    {
        Canary = Arm(Evidence.Canary),
        Stable = Arm(Evidence.Stable),
        Interval = judgement.Verdict == Verdict.NoData ? null : MeanSentence.Where(judgement.Interval),
        HarmEvidence = Sentence.Odds(judgement.HarmOdds),
        SafetyEvidence = Sentence.Odds(judgement.SafetyOdds),
        State = GuardrailEvidenceJson.Write(Evidence),
    };

    private ArmStatus Arm(double sum) => new() { Total = Evidence.Blocks, Mean = Evidence.Blocks == 0 ? null : Text(sum) };

    private string Text(double sum) => Scale.Text(Evidence.Blocks == 0 ? 0 : sum / Evidence.Blocks);
}
