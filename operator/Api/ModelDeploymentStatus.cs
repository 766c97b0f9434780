using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>What the operator observed and decided.</summary>
public sealed class ModelDeploymentStatus
{
    /// <summary>The metadata.generation that this status is about.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>One word for people: what the rollout is doing.</summary>
    public RolloutPhase? Phase { get; set; }

    /// <summary>One sentence for people: what happens now and why.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Message { get; set; }

    /// <summary>Ready, Progressing and Stalled (kstatus), and TrafficSkewed once a rollout had traffic.</summary>
    [XListType(XListType.Map), XListMapKeys("type"), Items(maxItems: StatusLimits.Conditions)]
    public List<Condition>? Conditions { get; set; }

    /// <summary>Pods of the stable revision; of the first one until it serves. Autoscalers read it: a canary's pods come on top.</summary>
    [RangeMinimum(0)]
    public int? Replicas { get; set; }

    /// <summary>Ready pods of the same revision.</summary>
    [RangeMinimum(0)]
    public int? ReadyReplicas { get; set; }

    /// <summary>Label selector of these pods, for autoscalers.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Selector { get; set; }

    /// <summary>The revision that serves.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? StableRevision { get; set; }

    /// <summary>The canary revision.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? CanaryRevision { get; set; }

    /// <summary>Percent of requests the canary gets, as confirmed by every ready router.</summary>
    [RangeMinimum(0), RangeMaximum(100)]
    public int? CanaryWeight { get; set; }

    /// <summary>The rollout in progress.</summary>
    public RolloutStatus? Rollout { get; set; }

    /// <summary>The evaluation of the canary, or the last evaluation.</summary>
    public EvaluationStatus? Evaluation { get; set; }

    /// <summary>The routing table that routers read. They may not have confirmed it yet.</summary>
    public RoutingTable? Routing { get; set; }

    /// <summary>Weights that every ready router has confirmed.</summary>
    [XListType(XListType.Map), XListMapKeys("revision"), Items(maxItems: StatusLimits.Targets)]
    public List<TrafficTarget>? Traffic { get; set; }

    /// <summary>Each guardrail of the rollout in progress, or of the last one.</summary>
    [XListType(XListType.Map), XListMapKeys("name"), Items(maxItems: StatusLimits.Guardrails)]
    public List<GuardrailStatus>? Analysis { get; set; }

    /// <summary>The baseline: what the operator learnt of the stable revision while it served alone.</summary>
    public BaselineStatus? Baseline { get; set; }

    /// <summary>How far the operator has read each router's reports.</summary>
    [XListType(XListType.Map), XListMapKeys("instance"), Items(maxItems: StatusLimits.Cursors)]
    public List<ReportCursor>? Cursors { get; set; }

    /// <summary>The rejected revision that the spec asks for. It is not tried again until the spec asks for another one.</summary>
    [XListType(XListType.Map), XListMapKeys("revision"), Items(maxItems: StatusLimits.Rejected)]
    public List<RejectedRevision>? Rejected { get; set; }

    /// <summary>What the revisions were made with. A revision keeps its image and its model for as long as it is known.</summary>
    [XListType(XListType.Map), XListMapKeys("revision"), Items(maxItems: StatusLimits.Revisions)]
    public List<RevisionStatus>? Revisions { get; set; }

    /// <summary>The last order that a person gave (kubectl model promote, abort, retry, undo, restart), and what became of it.</summary>
    public OrderStatus? LastOrder { get; set; }

    /// <summary>
    /// The revision that a person went back to. It serves until the spec asks for another one than it did then, or somebody retries that
    /// one.
    /// </summary>
    public UndoStatus? Undo { get; set; }

    /// <summary>When a person last asked for all pods to be replaced.</summary>
    public DateTimeOffset? RestartedAt { get; set; }

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

    /// <summary>The canary gets traffic and is compared with the stable revision.</summary>
    Analyzing,

    /// <summary>The canary is the new stable revision; the routers switch over.</summary>
    Promoting,

    /// <summary>All requests go back to the stable revision.</summary>
    RollingBack,

    /// <summary>A pause of the steps, or spec.rollout.paused: the weights stay until it ends, and the canary is judged meanwhile.</summary>
    Paused,

    /// <summary>The analysis deadline passed without a verdict. The weights stay; a person decides, or more data.</summary>
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

    /// <summary>Since when the canary has fewer ready pods than it needs; absent while it has enough.</summary>
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

    /// <summary>When the pause after the step began; absent before.</summary>
    public DateTimeOffset? PauseStartedAt { get; set; }

    /// <summary>Since when the rollout is paused, by a step or by spec.rollout.paused; absent while it is not.</summary>
    public DateTimeOffset? PausedSince { get; set; }

    /// <summary>Seconds of the earlier pauses since the canary got requests. The analysis deadline does not count them.</summary>
    [RangeMinimum(0)]
    public long PausedSeconds { get; set; }

    /// <summary>What a person ordered for this rollout; absent when nothing.</summary>
    public RolloutOrder? Order { get; set; }

    /// <summary>Requests the canary answered in this step, in blocks that were judged; the first ones of a cold pod are left out.</summary>
    [RangeMinimum(0)]
    public long StepRequests { get; set; }

    /// <summary>Requests the canary answered in this step, in the block being collected. They are not judged yet.</summary>
    [RangeMinimum(0)]
    public long BlockRequests { get; set; }

    /// <summary>Requests the canary answered in this rollout.</summary>
    [RangeMinimum(0)]
    public long CanaryRequests { get; set; }

    /// <summary>When the block of traffic being collected began.</summary>
    public DateTimeOffset? BlockStartedAt { get; set; }

    /// <summary>
    /// Seconds of router reports that the operator could not read in time. They count neither for nor against the canary.
    /// </summary>
    [RangeMinimum(0)]
    public long LostTicks { get; set; }

    /// <summary>The exact state, as JSON, of the watch on how requests are split between the revisions.</summary>
    [Length(maxLength: StatusLimits.State)]
    public string? Split { get; set; }
}

/// <summary>The routing table: which revision gets which share of requests.</summary>
public sealed class RoutingTable
{
    /// <summary>Grows with every change. Routers report the version that they use.</summary>
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
    /// Where the difference of the shares of bad requests lies (with an objective, the canary's share), valid at all looks at once with the
    /// rollout's confidence, such as: difference -0.4 to +1.2 points.
    /// </summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? Interval { get; set; }

    /// <summary>With a latency guardrail: slower than this is slow.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? Target { get; set; }

    /// <summary>With a Webhook or Job guardrail: the reason it gave for its verdict.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Answer { get; set; }

    /// <summary>With a Prometheus, Webhook or Job guardrail: the last answer of its source.</summary>
    public SourceStatus? Source { get; set; }

    /// <summary>The exact state of the evidence as JSON. It carries a rollout over a restart of the operator.</summary>
    [Length(maxLength: StatusLimits.State)]
    public string? State { get; set; }
}

/// <summary>The last answer of a guardrail's own source.</summary>
public sealed class SourceStatus
{
    /// <summary>When it was last asked.</summary>
    public DateTimeOffset AskedAt { get; set; }

    /// <summary>Why the last answer was not usable; absent when it was.</summary>
    [Length(maxLength: StatusLimits.Message)]
    public string? Problem { get; set; }

    /// <summary>
    /// With means: intervals in which a mean lay outside meanMinimum to meanMaximum and counted as the end of the range; absent while none
    /// did.
    /// </summary>
    [RangeMinimum(0)]
    public long? Clamped { get; set; }

    /// <summary>With counters: their values at the last answer. The next answer counts from here.</summary>
    public CounterStatus? Canary { get; set; }

    /// <summary>With counters: their values for the stable revision.</summary>
    public CounterStatus? Stable { get; set; }
}

/// <summary>The values of two counters.</summary>
public sealed class CounterStatus
{
    /// <summary>Bad events.</summary>
    [RangeMinimum(0)]
    public long Bad { get; set; }

    /// <summary>All events, bad included.</summary>
    [RangeMinimum(0)]
    public long Total { get; set; }
}

/// <summary>What the operator learnt of the stable revision while it served alone.</summary>
public sealed class BaselineStatus
{
    /// <summary>When it was last updated.</summary>
    public DateTimeOffset ReadAt { get; set; }

    /// <summary>When the block of traffic being collected began.</summary>
    public DateTimeOffset? BlockStartedAt { get; set; }

    /// <summary>The baseline for each guardrail.</summary>
    [XListType(XListType.Map), XListMapKeys("name"), Items(maxItems: StatusLimits.Guardrails)]
    public List<GuardrailBaseline>? Guardrails { get; set; }
}

/// <summary>The baseline for one guardrail.</summary>
public sealed class GuardrailBaseline
{
    /// <summary>Name of the guardrail.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Name { get; set; } = "";

    /// <summary>The exact state as JSON.</summary>
    [Length(maxLength: StatusLimits.State)]
    public string? State { get; set; }
}

/// <summary>Counts of one arm since the rollout began.</summary>
public sealed class ArmStatus
{
    /// <summary>Requests judged.</summary>
    [RangeMinimum(0)]
    public long Total { get; set; }

    /// <summary>Of these, the bad ones: wrong, slow or failed.</summary>
    [RangeMinimum(0)]
    public long Bad { get; set; }

    /// <summary>Share of good requests, such as 97.8 %; absent with a mean.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? Good { get; set; }

    /// <summary>With a mean: its mean so far, in its own unit. Total is then how many means there were.</summary>
    [Length(maxLength: StatusLimits.Text)]
    public string? Mean { get; set; }
}

/// <summary>How far the operator has read one router's reports.</summary>
public sealed class ReportCursor
{
    /// <summary>Router process.</summary>
    [Required, Length(1, StatusLimits.Text)]
    public string Instance { get; set; } = "";

    /// <summary>The next tick to read.</summary>
    [RangeMinimum(0)]
    public long Next { get; set; }
}
