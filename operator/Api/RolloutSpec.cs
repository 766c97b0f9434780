using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>How a new revision takes over.</summary>
[ValidationRule(
    "!has(self.steps) || self.steps.filter(s, has(s.weight)).map(s, s.weight).isSorted()",
    message: "weights of steps must not decrease")]
[ValidationRule(
    "!has(self.steps) || self.steps.exists(s, has(s.weight))",
    message: "at least one step must have a weight: a canary without requests shows nothing")]
[ValidationRule(
    "!has(self.steps) || !self.steps.map(s, has(s.pause) ? 'p' : 'w').join('').contains('pp')",
    message: "two pauses in a row are one: give one of them")]
public sealed class RolloutSpec
{
    /// <summary>A labelled data set a new revision must pass before it gets any traffic.</summary>
    public EvaluationSpec? Evaluation { get; set; }

    /// <summary>
    /// While true no rollout begins, no canary gets more requests and none is promoted. A canary with requests keeps them, is judged on,
    /// and is rolled back when it is shown to be worse. The analysis deadline waits as well.
    /// </summary>
    public bool? Paused { get; set; }

    /// <summary>
    /// Traffic steps of the canary, and pauses between them. Default: 5, 25 and 50 percent, each for at least 60 seconds, and no pause.
    /// </summary>
    [XListType(XListType.Atomic), Items(1, 50)]
    public List<RolloutStep>? Steps { get; set; }

    /// <summary>How stable and canary are compared.</summary>
    public AnalysisSpec? Analysis { get; set; }

    /// <summary>Seconds a canary may have too few ready pods before it is rejected.</summary>
    [DefaultValue(600), RangeMinimum(1), RangeMaximum(86400)]
    public int? ProgressDeadlineSeconds { get; set; }

    /// <summary>Earlier revisions kept, scaled to zero.</summary>
    [DefaultValue(10), RangeMinimum(0), RangeMaximum(100)]
    public int? RevisionHistoryLimit { get; set; }
}

/// <summary>One step: a weight for the canary, with a minimum duration and number of requests, or a pause.</summary>
[ValidationRule("has(self.weight) != has(self.pause)", message: "a step has either weight or pause")]
[ValidationRule(
    "!has(self.pause) || (!has(self.durationSeconds) && !has(self.minRequests))",
    message: "durationSeconds and minRequests belong to a weight; how long a pause takes is pause.durationSeconds")]
public sealed class RolloutStep
{
    /// <summary>Percent of requests the canary gets.</summary>
    [RangeMinimum(1), RangeMaximum(100)]
    public int? Weight { get; set; }

    /// <summary>
    /// Waits once the step before is done; as the first step, once the canary is ready and has passed its evaluation. The canary is judged
    /// meanwhile.
    /// </summary>
    public RolloutPause? Pause { get; set; }

    /// <summary>Minimum seconds at this weight, from when every ready router has confirmed it. Default: 60.</summary>
    [RangeMinimum(0), RangeMaximum(604800)]
    public int? DurationSeconds { get; set; }

    /// <summary>
    /// Minimum number of requests that the canary answers at this weight and that are judged. Default, also for 0: 10. Time alone never
    /// ends a step.
    /// </summary>
    [RangeMinimum(0), RangeMaximum(1000000000)]
    public int? MinRequests { get; set; }
}

/// <summary>A pause between two steps.</summary>
public sealed class RolloutPause
{
    /// <summary>Seconds until the rollout goes on. Absent: until a person ends the pause (kubectl model promote).</summary>
    [RangeMinimum(1), RangeMaximum(2592000)]
    public int? DurationSeconds { get; set; }
}

/// <summary>How stable and canary are compared.</summary>
[ValidationRule(
    "!has(self.intervalSeconds) || !has(self.deadlineSeconds) || self.intervalSeconds <= self.deadlineSeconds",
    message: "intervalSeconds must not be longer than deadlineSeconds")]
[ValidationRule(
    "!has(self.guardrails) || self.guardrails.exists(guardrail, !has(guardrail.onHarm) || guardrail.onHarm == 'Rollback')",
    message: "at least one guardrail must have onHarm Rollback: where all only warn, nothing decides")]
public sealed class AnalysisSpec
{
    /// <summary>Seconds of traffic judged together as one block.</summary>
    [DefaultValue(10), RangeMinimum(1), RangeMaximum(3600)]
    public int? IntervalSeconds { get; set; }

    /// <summary>
    /// Confidence in the verdicts, in percent. 99: at most 1 % of equally good canaries are rolled back, over the whole rollout and however
    /// often the operator looks, if requests are independent or the baseline is known.
    /// </summary>
    [DefaultValue(99), RangeMinimum(80), RangeMaximum(99)]
    public int? ConfidencePercent { get; set; }

    /// <summary>
    /// What must not get worse. Default: accuracy by 2 points, requests over the stable p95 by 5 points, errors by 1 point.
    /// </summary>
    [XListType(XListType.Map), XListMapKeys("name"), Items(1, 16)]
    public List<Guardrail>? Guardrails { get; set; }

    /// <summary>
    /// Seconds from when the routers first confirm the canary's weight until onInconclusive decides a rollout without a verdict.
    /// </summary>
    [DefaultValue(86400), RangeMinimum(1), RangeMaximum(2592000)]
    public int? DeadlineSeconds { get; set; }

    /// <summary>
    /// What to do at the deadline without a verdict: Hold, Rollback or Promote. A guardrail without data always holds, but for Promote when
    /// no request came at all and the canary passed its evaluation.
    /// </summary>
    [DefaultValue("Hold")]
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
