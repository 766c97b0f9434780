using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>How a new revision takes over.</summary>
[ValidationRule(
    "!has(self.steps) || self.steps.map(s, s.weight).isSorted()",
    Message = "weights of steps must not decrease")]
public sealed class RolloutSpec
{
    /// <summary>Traffic steps of the canary. Default: 5, 25 and 50 percent, each for at least 60 seconds.</summary>
    [AtomicList, Length(Minimum = 1, Maximum = 50)]
    public List<RolloutStep>? Steps { get; set; }

    /// <summary>How stable and canary are compared.</summary>
    public AnalysisSpec? Analysis { get; set; }

    /// <summary>Seconds a revision may take to become ready before it is rejected.</summary>
    [Default("600"), Range(Minimum = 1, Maximum = 86400)]
    public int? ProgressDeadlineSeconds { get; set; }

    /// <summary>Earlier revisions kept, scaled to zero, for an instant return.</summary>
    [Default("10"), Range(Minimum = 0, Maximum = 100)]
    public int? RevisionHistoryLimit { get; set; }
}

/// <summary>One step: a weight, held at least so long and for so many requests.</summary>
public sealed class RolloutStep
{
    /// <summary>Percent of requests the canary gets.</summary>
    [Required, Range(Minimum = 1, Maximum = 100)]
    public int Weight { get; set; }

    /// <summary>Least seconds at this weight, counted from when every ready router has confirmed it.</summary>
    [Default("60"), Range(Minimum = 0, Maximum = 604800)]
    public int? DurationSeconds { get; set; }

    /// <summary>Least requests answered by the canary at this weight.</summary>
    [Default("0"), Range(Minimum = 0, Maximum = 1000000000)]
    public int? MinRequests { get; set; }
}

/// <summary>How stable and canary are compared.</summary>
[ValidationRule(
    "!has(self.intervalSeconds) || !has(self.deadlineSeconds) || self.intervalSeconds <= self.deadlineSeconds",
    Message = "intervalSeconds must not be longer than deadlineSeconds")]
public sealed class AnalysisSpec
{
    /// <summary>Seconds of traffic judged together as one block.</summary>
    [Default("10"), Range(Minimum = 1, Maximum = 3600)]
    public int? IntervalSeconds { get; set; }

    /// <summary>Confidence in every verdict, in percent: 99 means at most 1 % chance of rolling back a canary that is as good, over the whole rollout, however often one looks.</summary>
    [Default("99"), Range(Minimum = 80, Maximum = 99)]
    public int? ConfidencePercent { get; set; }

    /// <summary>What must not get worse. Default: accuracy by 2 points, requests over the stable p95 by 5 points, errors by 1 point.</summary>
    [ListMapKey("name"), Length(Minimum = 1, Maximum = 16)]
    public List<Guardrail>? Guardrails { get; set; }

    /// <summary>Seconds from the first canary request until a rollout without a verdict is ended as onInconclusive says.</summary>
    [Default("86400"), Range(Minimum = 1, Maximum = 2592000)]
    public int? DeadlineSeconds { get; set; }

    /// <summary>What to do at the deadline when the data cannot tell: Hold, Rollback or Promote.</summary>
    [Default("\"Hold\"")]
    public InconclusiveAction? OnInconclusive { get; set; }
}

/// <summary>A measure that must not get worse by more than a margin.</summary>
[ValidationRule(
    "self.type == 'Latency' || (!has(self.quantilePercent) && !has(self.maxMilliseconds))",
    Message = "quantilePercent and maxMilliseconds belong to type Latency")]
[ValidationRule(
    "!(has(self.quantilePercent) && has(self.maxMilliseconds))",
    Message = "give quantilePercent (relative to stable) or maxMilliseconds (absolute), not both")]
public sealed class Guardrail
{
    /// <summary>Name, unique in the list.</summary>
    [Required, Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"), Length(Minimum = 1, Maximum = 63)]
    public string Name { get; set; } = "";

    /// <summary>Accuracy (wrong answers, from feedback), Latency (slow answers) or ErrorRate (failed requests).</summary>
    [Required]
    public GuardrailType Type { get; set; }

    /// <summary>Percentage points by which the share of bad requests may be higher than on stable. Default: 2 for Accuracy, 5 for Latency, 1 for ErrorRate.</summary>
    [Range(Minimum = 0, Maximum = 50)]
    public int? MarginPercent { get; set; }

    /// <summary>With type Latency: slow means slower than this quantile of the stable revision. Default: 95 when maxMilliseconds is absent.</summary>
    [Range(Minimum = 50, Maximum = 99)]
    public int? QuantilePercent { get; set; }

    /// <summary>With type Latency: slow means slower than this many milliseconds.</summary>
    [Range(Minimum = 1, Maximum = 600000)]
    public int? MaxMilliseconds { get; set; }
}

/// <summary>What a guardrail measures.</summary>
public enum GuardrailType
{
    /// <summary>The share of answers that the truth, fed back, shows to be wrong.</summary>
    Accuracy,

    /// <summary>The share of answers slower than a target.</summary>
    Latency,

    /// <summary>The share of requests that fail.</summary>
    ErrorRate,
}

/// <summary>What to do when the data cannot tell.</summary>
public enum InconclusiveAction
{
    /// <summary>Leave the weights as they are and wait for a person.</summary>
    Hold,

    /// <summary>Go back to the stable revision.</summary>
    Rollback,

    /// <summary>Take the canary: it was not shown to be worse.</summary>
    Promote,
}
