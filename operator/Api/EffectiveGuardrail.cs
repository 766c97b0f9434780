namespace ModelOperator.Api;

/// <summary>A guardrail with every default filled in.</summary>
/// <param name="Name">Unique in its list.</param>
/// <param name="Type">What is measured.</param>
/// <param name="MarginPercent">Percentage points by which the share of bad requests may be higher than on stable; 0 with an objective or a
/// gate.</param>
/// <param name="QuantilePercent">With type Latency: alone, the quantile of stable that is the target; with
/// <paramref name="MaxMilliseconds"/>, an objective.</param>
/// <param name="MaxMilliseconds">With type Latency, the target in milliseconds.</param>
/// <param name="MinAccuracyPercent">With type Accuracy, the objective.</param>
/// <param name="MaxErrorPercent">With type ErrorRate, the objective.</param>
/// <param name="Prometheus">With type Prometheus, where the metric comes from.</param>
/// <param name="Webhook">With type Webhook, whom to ask.</param>
/// <param name="Job">With type Job, what to run.</param>
/// <param name="WarnsOnly">Whether it only tells people: it decides nothing.</param>
public sealed record EffectiveGuardrail(
    string Name,
    GuardrailType Type,
    int MarginPercent,
    int? QuantilePercent = null,
    int? MaxMilliseconds = null,
    int? MinAccuracyPercent = null,
    int? MaxErrorPercent = null,
    PrometheusMetric? Prometheus = null,
    WebhookGate? Webhook = null,
    JobGate? Job = null,
    bool WarnsOnly = false)
{
    /// <summary>Whether it gives a verdict of its own instead of numbers.</summary>
    public bool IsGate => Type is GuardrailType.Webhook or GuardrailType.Job;

    /// <summary>
    /// The largest share of bad requests that an objective allows the canary, 0 to 1; null when the canary is compared with stable.
    /// </summary>
    public double? Limit => this switch
    {
        { MinAccuracyPercent: { } accuracy } => (100 - accuracy) / 100.0,
        { MaxErrorPercent: { } errors } => errors / 100.0,
        { MaxMilliseconds: not null, QuantilePercent: { } quantile } => (100 - quantile) / 100.0,
        _ => null,
    };
}
