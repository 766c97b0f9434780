using ModelOperator.Analysis;
using ModelOperator.Api;

namespace ModelOperator.Cli.Replay;

/// <summary>The guardrails of a ModelDeployment as a replay judges them.</summary>
internal static class ManifestTests
{
    /// <summary>The guardrails that judge counts, by name.</summary>
    public static Dictionary<string, ReplayTest> Of(EffectiveAnalysis analysis) => analysis.Guardrails
        .Where(guardrail => !guardrail.IsGate && guardrail.Prometheus?.MeanQuery is null)
        .ToDictionary(
            guardrail => guardrail.Name,
            guardrail => new ReplayTest(CriterionOf(guardrail), MeasureOf(guardrail), guardrail.WarnsOnly),
            StringComparer.Ordinal);

    private static Criterion CriterionOf(EffectiveGuardrail guardrail) =>
        guardrail.Limit is { } limit ? Criterion.Limit(limit) : Criterion.Margin(guardrail.MarginPercent / 100.0);

    private static Measure MeasureOf(EffectiveGuardrail guardrail) => guardrail switch
    {
        { Type: GuardrailType.Accuracy } => Measure.Accuracy,
        { Type: GuardrailType.ErrorRate } => Measure.ErrorRate,
        { Type: GuardrailType.Prometheus } => Measure.Metric(guardrail.Name),
        { MaxMilliseconds: { } limit } => Measure.Latency($"{limit} ms"),
        _ => Measure.Latency($"the {guardrail.QuantilePercent} % quantile of stable"),
    };
}
