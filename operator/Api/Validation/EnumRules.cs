namespace ModelOperator.Api.Validation;

/// <summary>Names of enums that are not known: a CRD of a newer version, or none at all, lets them through.</summary>
internal static class EnumRules
{
    public static IEnumerable<FieldError> Check(ModelDeploymentSpec spec) =>
    [
        .. Known("spec.runtime.accelerator.kind", spec.Runtime?.Accelerator?.Kind),
        .. (spec.Runtime?.ExecutionProviders ?? []).SelectMany(
            (provider, i) => Known($"spec.runtime.executionProviders[{i}]", (ExecutionProvider?)provider)),
        .. Known("spec.runtime.batching.mode", spec.Runtime?.Batching?.Mode),
        .. Known("spec.runtime.precision", spec.Runtime?.Precision),
        .. Known("spec.rollout.analysis.onInconclusive", spec.Rollout?.Analysis?.OnInconclusive),
        .. (spec.Rollout?.Analysis?.Guardrails ?? [])
            .SelectMany((guardrail, i) => Guardrail($"spec.rollout.analysis.guardrails[{i}]", guardrail)),
        .. Known("spec.feedback.kind", spec.Feedback?.Kind),
        .. Known("spec.feedback.clientIds", spec.Feedback?.ClientIds),
    ];

    private static IEnumerable<FieldError> Guardrail(string path, Guardrail guardrail) =>
    [
        .. Known($"{path}.type", (GuardrailType?)guardrail.Type),
        .. Known($"{path}.onHarm", guardrail.OnHarm),
        .. Known($"{path}.prometheus.direction", guardrail.Prometheus?.Direction),
    ];

    private static IEnumerable<FieldError> Known<T>(string path, T? value)
        where T : struct, Enum =>
        value is not { } given || Enum.IsDefined(given)
            ? []
            : [FieldError.Text(
                path, LenientEnumConverter<T>.TextOf(given), $"is not known to this version of the operator; want one of {Names<T>()}")];

    private static string Names<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetNames<T>());
}
