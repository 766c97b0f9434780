using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>What the operator has seen and decided.</summary>
public sealed class ModelDeploymentStatus
{
    /// <summary>The metadata.generation this status answers to.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>One word for people: what the rollout is doing.</summary>
    public RolloutPhase? Phase { get; set; }

    /// <summary>One sentence for people: what happens now and why.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Message { get; set; }

    /// <summary>Ready, Progressing, Stalled (kstatus).</summary>
    [XListType(XListType.Map), XListMapKeys("type"), Items(maxItems: StatusLimits.Conditions)]
    public List<Condition>? Conditions { get; set; }

    /// <summary>Pods of all revisions.</summary>
    [RangeMinimum(0)]
    public int? Replicas { get; set; }

    /// <summary>Ready pods of all revisions.</summary>
    [RangeMinimum(0)]
    public int? ReadyReplicas { get; set; }

    /// <summary>Label selector of the pods, for autoscalers.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Selector { get; set; }

    /// <summary>The revision that serves.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? StableRevision { get; set; }

    /// <summary>The revision on trial.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? CanaryRevision { get; set; }

    /// <summary>Percent of requests the canary gets, as the routers confirm it.</summary>
    [RangeMinimum(0), RangeMaximum(100)]
    public int? CanaryWeight { get; set; }

    /// <summary>The rollout in progress.</summary>
    public RolloutStatus? Rollout { get; set; }

    /// <summary>The evaluation of the revision on trial, or of the last one.</summary>
    public EvaluationStatus? Evaluation { get; set; }

    /// <summary>The routing table in force or on its way: what routers read.</summary>
    public RoutingTable? Routing { get; set; }

    /// <summary>Weights as every ready router confirms them.</summary>
    [XListType(XListType.Map), XListMapKeys("revision"), Items(maxItems: StatusLimits.Targets)]
    public List<TrafficTarget>? Traffic { get; set; }

    /// <summary>Each guardrail of the rollout in progress or last ended.</summary>
    [XListType(XListType.Map), XListMapKeys("name"), Items(maxItems: StatusLimits.Guardrails)]
    public List<GuardrailStatus>? Analysis { get; set; }

    /// <summary>What the serving revision is like while there is no canary: the ground the next rollout is judged on.</summary>
    public BaselineStatus? Baseline { get; set; }

    /// <summary>How far each router's reports have been judged.</summary>
    [XListType(XListType.Map), XListMapKeys("instance"), Items(maxItems: StatusLimits.Cursors)]
    public List<ReportCursor>? Cursors { get; set; }

    /// <summary>Revisions that failed their trial, newest last, at most 20; not tried again until the spec changes.</summary>
    [XListType(XListType.Map), XListMapKeys("revision"), Items(maxItems: StatusLimits.Rejected)]
    public List<RejectedRevision>? Rejected { get; set; }

    /// <summary>The latest decisions, newest last, at most 20.</summary>
    [XListType(XListType.Atomic), Items(maxItems: StatusLimits.History)]
    public List<Decision>? History { get; set; }
}

/// <summary>What a rollout is doing.</summary>
public enum RolloutPhase
{
    /// <summary>The first revision is coming up.</summary>
    Initializing,

    /// <summary>The canary is coming up; it has no traffic yet.</summary>
    Starting,

    /// <summary>The new revision answers the evaluation's data set; it has no traffic yet.</summary>
    Evaluating,

    /// <summary>The canary gets traffic and is compared.</summary>
    Analyzing,

    /// <summary>The canary has become stable; the routers are following.</summary>
    Promoting,

    /// <summary>Traffic has been or is being moved back to stable.</summary>
    RollingBack,

    /// <summary>The analysis deadline passed without a verdict; a person has to decide.</summary>
    Held,

    /// <summary>The stable revision is what the spec asks for.</summary>
    Stable,

    /// <summary>The spec asks for a revision that was rejected; stable serves on.</summary>
    Rejected,

    /// <summary>Nothing serves and nothing will without a change.</summary>
    Stalled,
}

/// <summary>A rollout in progress.</summary>
public sealed class RolloutStatus
{
    /// <summary>When the canary was first seen.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When the canary became ready.</summary>
    public DateTimeOffset? ReadyAt { get; set; }

    /// <summary>Since when the canary has had fewer ready pods than it needs; absent while it has enough.</summary>
    public DateTimeOffset? UnreadySince { get; set; }

    /// <summary>When the routers first confirmed a weight for the canary; the analysis deadline counts from here.</summary>
    public DateTimeOffset? AnalysisStartedAt { get; set; }

    /// <summary>Index of the step, from 0.</summary>
    [RangeMinimum(0)]
    public int Step { get; set; }

    /// <summary>How many steps there are.</summary>
    [RangeMinimum(0)]
    public int Steps { get; set; }

    /// <summary>When every ready router had confirmed the weight of the step.</summary>
    public DateTimeOffset? StepConfirmedAt { get; set; }

    /// <summary>Requests the canary answered in this step.</summary>
    [RangeMinimum(0)]
    public long StepRequests { get; set; }

    /// <summary>Requests the canary answered in this rollout.</summary>
    [RangeMinimum(0)]
    public long CanaryRequests { get; set; }

    /// <summary>When the block of traffic being collected began, by the routers' clocks.</summary>
    public DateTimeOffset? BlockStartedAt { get; set; }

    /// <summary>Seconds of router reports that were gone before they could be read; they count neither for nor against the canary.</summary>
    [RangeMinimum(0)]
    public long LostTicks { get; set; }
}

/// <summary>Which revision gets which share; read by the routers.</summary>
public sealed class RoutingTable
{
    /// <summary>Grows with every change; routers report the version they are on.</summary>
    [RangeMinimum(0)]
    public long Version { get; set; }

    /// <summary>Revisions and weights; the weights add up to 100.</summary>
    [XListType(XListType.Map), XListMapKeys("revision"), Items(maxItems: StatusLimits.Targets)]
    public List<TrafficTarget> Targets { get; set; } = [];
}

/// <summary>A revision's share of requests.</summary>
public sealed class TrafficTarget
{
    /// <summary>Revision.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Revision { get; set; } = "";

    /// <summary>Percent of requests.</summary>
    [RangeMinimum(0), RangeMaximum(100)]
    public int Weight { get; set; }
}

/// <summary>The state of one guardrail.</summary>
public sealed class GuardrailStatus
{
    /// <summary>Name of the guardrail.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Name { get; set; } = "";

    /// <summary>Continue, Harmful, Safe, Inconclusive or NoData.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string Verdict { get; set; } = "";

    /// <summary>The verdict in words, with its figures.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Message { get; set; }

    /// <summary>Counts of the canary; absent with a Webhook or Job.</summary>
    public ArmStatus? Canary { get; set; }

    /// <summary>Counts of the stable revision over the same time; absent with a Webhook or Job.</summary>
    public ArmStatus? Stable { get; set; }

    /// <summary>Evidence that the canary is worse than the margin allows, as 1 in N, for people.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? HarmEvidence { get; set; }

    /// <summary>Evidence that the canary is not worse than the margin allows, as 1 in N, for people.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? SafetyEvidence { get; set; }

    /// <summary>
    /// Where the difference of the shares of bad ones lies (with an objective, the canary's share), valid at every look at once with the
    /// rollout's confidence, such as: difference -0.4 to +1.2 points.
    /// </summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? Interval { get; set; }

    /// <summary>With a latency guardrail: the target in force.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? Target { get; set; }

    /// <summary>With a Webhook or Job guardrail: the reason it gave for its verdict.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Answer { get; set; }

    /// <summary>With a Prometheus, Webhook or Job guardrail: the last answer of its source.</summary>
    public SourceStatus? Source { get; set; }

    /// <summary>The exact state of the evidence, JSON of the analysis; carries a rollout over a restart of the operator.</summary>
    [Length(maxLength: StatusLimits.State)]
    public string? State { get; set; }
}

/// <summary>The last answer of a guardrail's own source.</summary>
public sealed class SourceStatus
{
    /// <summary>When it was last asked.</summary>
    public DateTimeOffset AskedAt { get; set; }

    /// <summary>Why the last answer was of no use; absent when it was.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Problem { get; set; }

    /// <summary>With means: in how many intervals one was outside meanMinimum to meanMaximum, and counted as its end; absent while none was.</summary>
    [RangeMinimum(0)]
    public long? Clamped { get; set; }

    /// <summary>With counters: where they stood at the last answer; the next counts from here.</summary>
    public CounterStatus? Canary { get; set; }

    /// <summary>With counters: where they stood for the stable revision.</summary>
    public CounterStatus? Stable { get; set; }
}

/// <summary>Two counters as they stood.</summary>
public sealed class CounterStatus
{
    /// <summary>What went badly.</summary>
    [RangeMinimum(0)]
    public long Bad { get; set; }

    /// <summary>Everything.</summary>
    [RangeMinimum(0)]
    public long Total { get; set; }
}

/// <summary>What was learnt of the serving revision while it served alone.</summary>
public sealed class BaselineStatus
{
    /// <summary>When it was last brought up to date.</summary>
    public DateTimeOffset ReadAt { get; set; }

    /// <summary>When the block of traffic being collected began, by the routers' clocks.</summary>
    public DateTimeOffset? BlockStartedAt { get; set; }

    /// <summary>What was learnt for each guardrail.</summary>
    [XListType(XListType.Map), XListMapKeys("name"), Items(maxItems: StatusLimits.Guardrails)]
    public List<GuardrailBaseline>? Guardrails { get; set; }
}

/// <summary>What was learnt of the serving revision for one guardrail.</summary>
public sealed class GuardrailBaseline
{
    /// <summary>Name of the guardrail.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Name { get; set; } = "";

    /// <summary>The exact state, JSON of the analysis.</summary>
    [Length(maxLength: StatusLimits.State)]
    public string? State { get; set; }
}

/// <summary>Counts of one arm since the rollout began.</summary>
public sealed class ArmStatus
{
    /// <summary>Requests judged.</summary>
    [RangeMinimum(0)]
    public long Total { get; set; }

    /// <summary>Of these, wrong, slow or failed.</summary>
    [RangeMinimum(0)]
    public long Bad { get; set; }

    /// <summary>Share of good ones, such as 97.8 %; absent with a mean.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? Good { get; set; }

    /// <summary>With a mean: its mean so far, in its own unit. Total is then how many means there were.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? Mean { get; set; }
}

/// <summary>How far one router's reports have been judged.</summary>
public sealed class ReportCursor
{
    /// <summary>Router process.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Instance { get; set; } = "";

    /// <summary>The next tick to read.</summary>
    [RangeMinimum(0)]
    public long Next { get; set; }
}

/// <summary>A revision that failed its trial.</summary>
public sealed class RejectedRevision
{
    /// <summary>Revision.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Revision { get; set; } = "";

    /// <summary>CamelCase word, such as AccuracyHarmful or ProgressDeadlineExceeded.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string Reason { get; set; } = "";

    /// <summary>The reason in words, with its figures.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string Message { get; set; } = "";

    /// <summary>When it was rejected.</summary>
    public DateTimeOffset Time { get; set; }
}

/// <summary>One decision and its reason.</summary>
public sealed class Decision
{
    /// <summary>When it was made.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>Started, StepAdvanced, Promoted, RolledBack, Held, Superseded, Rejected.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string Action { get; set; } = "";

    /// <summary>The revision it was about.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string Revision { get; set; } = "";

    /// <summary>CamelCase word, such as AccuracyHarmful.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string Reason { get; set; } = "";

    /// <summary>The reason in words, with the evidence.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string Message { get; set; } = "";
}
