namespace ModelOperator.Api.Validation;

/// <summary>Rules of one guardrail: which fields belong to which type.</summary>
internal static class GuardrailRules
{
    private const string EvaluationName = "evaluation";

    public static IEnumerable<FieldError> Check(string path, Guardrail guardrail) =>
    [
        .. Belongs(path, guardrail, "quantilePercent", guardrail.QuantilePercent, GuardrailType.Latency),
        .. Belongs(path, guardrail, "maxMilliseconds", guardrail.MaxMilliseconds, GuardrailType.Latency),
        .. Belongs(path, guardrail, "minAccuracyPercent", guardrail.MinAccuracyPercent, GuardrailType.Accuracy),
        .. Belongs(path, guardrail, "maxErrorPercent", guardrail.MaxErrorPercent, GuardrailType.ErrorRate),
        .. Source(path, guardrail, "prometheus", guardrail.Prometheus, GuardrailType.Prometheus),
        .. Source(path, guardrail, "webhook", guardrail.Webhook, GuardrailType.Webhook),
        .. Source(path, guardrail, "job", guardrail.Job, GuardrailType.Job),
        .. Margin(path, guardrail),
        .. guardrail.Prometheus is { } metric ? PrometheusRules.Check($"{path}.prometheus", metric) : [],
        .. guardrail.Webhook is { } webhook ? AddressRules.Check($"{path}.webhook.url", webhook.Url) : [],
        .. guardrail is { Job: not null, Name: EvaluationName }
            ? [FieldError.Text($"{path}.name", guardrail.Name, "is reserved for the Job of rollout.evaluation; choose another name")]
            : Array.Empty<FieldError>(),
        .. guardrail.Job is { } job ? JobTemplateRules.Check($"{path}.job.template", job.Template) : [],
    ];

    private static IEnumerable<FieldError> Belongs(string path, Guardrail guardrail, string field, int? value, GuardrailType type) =>
        value is null || guardrail.Type == type
            ? []
            : [FieldError.Of($"{path}.{field}", value, $"belongs to type {type}, and the type is {guardrail.Type}; leave it out")];

    private static IEnumerable<FieldError> Source(string path, Guardrail guardrail, string field, object? value, GuardrailType type) =>
        (value is null, guardrail.Type == type) switch
        {
            (true, true) => [FieldError.Of($"{path}.{field}", "null", $"is required with type {type}")],
            (false, false) =>
                [FieldError.Of($"{path}.{field}", "{...}", $"belongs to type {type}, and the type is {guardrail.Type}; leave it out")],
            _ => [],
        };

    private static IEnumerable<FieldError> Margin(string path, Guardrail guardrail)
    {
        if (guardrail.MarginPercent is not { } margin)
        {
            return [];
        }

        string? objective = guardrail switch
        {
            { MinAccuracyPercent: not null } => "minAccuracyPercent",
            { MaxErrorPercent: not null } => "maxErrorPercent",
            { MaxMilliseconds: not null, QuantilePercent: not null } => "maxMilliseconds with quantilePercent",
            _ => null,
        };
        return objective is not null
            ? [FieldError.Of(
                $"{path}.marginPercent",
                margin,
                $"compares with stable, and {objective} judges the canary alone; leave one of them out, or make two guardrails")]
            : guardrail.Type is GuardrailType.Webhook or GuardrailType.Job
                ? [FieldError.Of(
                    $"{path}.marginPercent",
                    margin,
                    $"compares counts or means, and a {guardrail.Type} gives its own verdict; leave it out")]
                : [];
    }
}
