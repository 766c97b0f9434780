using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// A measure that must not get worse by more than a margin, an objective that the canary must meet, or an external check.
/// </summary>
[ValidationRule(
    "self.type == 'Latency' || (!has(self.quantilePercent) && !has(self.maxMilliseconds))",
    message: "quantilePercent and maxMilliseconds belong to type Latency")]
[ValidationRule("self.type == 'Accuracy' || !has(self.minAccuracyPercent)", message: "minAccuracyPercent belongs to type Accuracy")]
[ValidationRule("self.type == 'ErrorRate' || !has(self.maxErrorPercent)", message: "maxErrorPercent belongs to type ErrorRate")]
[ValidationRule("(self.type == 'Prometheus') == has(self.prometheus)", message: "type Prometheus and the field prometheus belong together")]
[ValidationRule("(self.type == 'Webhook') == has(self.webhook)", message: "type Webhook and the field webhook belong together")]
[ValidationRule("(self.type == 'Job') == has(self.job)", message: "type Job and the field job belong together")]
[ValidationRule(
    "!has(self.marginPercent) || !(has(self.minAccuracyPercent) || has(self.maxErrorPercent) || (has(self.quantilePercent) && "
    + "has(self.maxMilliseconds)))",
    message: "marginPercent compares with stable; an objective (minAccuracyPercent, maxErrorPercent, "
        + "or maxMilliseconds with quantilePercent) judges the canary alone")]
[ValidationRule(
    "!has(self.marginPercent) || !(self.type in ['Webhook', 'Job'])",
    message: "marginPercent compares counts or means; a Webhook or Job gives its own verdict")]
public sealed class Guardrail
{
    /// <summary>Name, unique in the list.</summary>
    [Required, Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"), Length(1, 63)]
    public string Name { get; set; } = "";

    /// <summary>
    /// Accuracy (wrong answers, from feedback), Latency (slow answers), ErrorRate (failed requests), Prometheus (your metric), Webhook or
    /// Job (your check, which gives its own verdict).
    /// </summary>
    [Required]
    public GuardrailType Type { get; set; }

    /// <summary>
    /// Percentage points by which the canary's share of bad requests may be higher than stable's. With a meanQuery: percent of the range
    /// from meanMinimum to meanMaximum. Default: 2 for Accuracy, 5 for Latency, else 1.
    /// </summary>
    [RangeMinimum(0), RangeMaximum(50)]
    public int? MarginPercent { get; set; }

    /// <summary>
    /// With type Latency: slow means slower than this quantile of the stable revision. Default: 95 without maxMilliseconds. Together with
    /// maxMilliseconds it is an objective: this quantile of the canary may be at most maxMilliseconds.
    /// </summary>
    [RangeMinimum(50), RangeMaximum(99)]
    public int? QuantilePercent { get; set; }

    /// <summary>With type Latency: slow means slower than this many milliseconds.</summary>
    [RangeMinimum(1), RangeMaximum(600000)]
    public int? MaxMilliseconds { get; set; }

    /// <summary>With type Accuracy, an objective: percent of the canary's answers that must be right, whatever stable does.</summary>
    [RangeMinimum(1), RangeMaximum(99)]
    public int? MinAccuracyPercent { get; set; }

    /// <summary>With type ErrorRate, an objective: percent of the canary's requests that may fail, whatever stable does.</summary>
    [RangeMinimum(1), RangeMaximum(99)]
    public int? MaxErrorPercent { get; set; }

    /// <summary>
    /// What to do when the canary is shown to be harmful: Rollback, or Warn. A guardrail that warns is judged and shown, and makes a
    /// Warning Event; it neither rolls back nor holds up a promotion.
    /// </summary>
    public HarmAction? OnHarm { get; set; }

    /// <summary>With type Prometheus: where the metric comes from.</summary>
    public PrometheusMetric? Prometheus { get; set; }

    /// <summary>With type Webhook: the service to ask.</summary>
    public WebhookGate? Webhook { get; set; }

    /// <summary>With type Job: the Job to run.</summary>
    public JobGate? Job { get; set; }
}

/// <summary>What to do about a canary that is shown to be harmful.</summary>
public enum HarmAction
{
    /// <summary>Roll it back. Promotion needs the guardrail to be safe.</summary>
    Rollback,

    /// <summary>Tell people, and decide without this guardrail.</summary>
    Warn,
}

/// <summary>What a guardrail measures.</summary>
public enum GuardrailType
{
    /// <summary>The share of answers that are wrong by the ground truth from feedback.</summary>
    Accuracy,

    /// <summary>The share of answers slower than a target.</summary>
    Latency,

    /// <summary>The share of requests that fail.</summary>
    ErrorRate,

    /// <summary>Counts or means from a Prometheus server.</summary>
    Prometheus,

    /// <summary>A service that gives a verdict.</summary>
    Webhook,

    /// <summary>A Kubernetes Job that gives a verdict.</summary>
    Job,
}
