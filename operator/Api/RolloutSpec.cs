using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>How a new revision takes over.</summary>
[ValidationRule(
    "!has(self.steps) || self.steps.map(s, s.weight).isSorted()",
    Message = "weights of steps must not decrease")]
public sealed class RolloutSpec
{
    /// <summary>A labelled data set a new revision must pass before it gets any traffic.</summary>
    public EvaluationSpec? Evaluation { get; set; }

    /// <summary>Traffic steps of the canary. Default: 5, 25 and 50 percent, each for at least 60 seconds.</summary>
    [AtomicList, Length(Minimum = 1, Maximum = 50)]
    public List<RolloutStep>? Steps { get; set; }

    /// <summary>How stable and canary are compared.</summary>
    public AnalysisSpec? Analysis { get; set; }

    /// <summary>Seconds a canary may have too few ready pods before it is rejected.</summary>
    [Default("600"), Range(Minimum = 1, Maximum = 86400)]
    public int? ProgressDeadlineSeconds { get; set; }

    /// <summary>Earlier revisions kept, scaled to zero.</summary>
    [Default("10"), Range(Minimum = 0, Maximum = 100)]
    public int? RevisionHistoryLimit { get; set; }
}

/// <summary>One step: a weight for the canary, with a minimum duration and number of requests.</summary>
public sealed class RolloutStep
{
    /// <summary>Percent of requests the canary gets.</summary>
    [Required, Range(Minimum = 1, Maximum = 100)]
    public int Weight { get; set; }

    /// <summary>Minimum seconds at this weight, from when every ready router has confirmed it.</summary>
    [Default("60"), Range(Minimum = 0, Maximum = 604800)]
    public int? DurationSeconds { get; set; }

    /// <summary>Minimum number of requests that the canary answers at this weight.</summary>
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

    /// <summary>
    /// Confidence in the verdicts, in percent. 99: at most 1 % of equally good canaries are rolled back, over the whole rollout and however
    /// often the operator looks, if requests are independent or the baseline is known.
    /// </summary>
    [Default("99"), Range(Minimum = 80, Maximum = 99)]
    public int? ConfidencePercent { get; set; }

    /// <summary>
    /// What must not get worse. Default: accuracy by 2 points, requests over the stable p95 by 5 points, errors by 1 point.
    /// </summary>
    [ListMapKey("name"), Length(Minimum = 1, Maximum = 16)]
    public List<Guardrail>? Guardrails { get; set; }

    /// <summary>
    /// Seconds from when the routers first confirm the canary's weight until onInconclusive decides a rollout without a verdict.
    /// </summary>
    [Default("86400"), Range(Minimum = 1, Maximum = 2592000)]
    public int? DeadlineSeconds { get; set; }

    /// <summary>What to do at the deadline without a verdict: Hold, Rollback or Promote. A guardrail without data always holds.</summary>
    [Default("\"Hold\"")]
    public InconclusiveAction? OnInconclusive { get; set; }
}

/// <summary>What to do without a verdict.</summary>
public enum InconclusiveAction
{
    /// <summary>Keep the weights and wait for a person.</summary>
    Hold,

    /// <summary>Roll the canary back.</summary>
    Rollback,

    /// <summary>Promote the canary: it was not shown to be worse.</summary>
    Promote,
}
