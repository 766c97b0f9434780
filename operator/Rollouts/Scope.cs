using System.Text.Json;
using ModelOperator.Api;
using ModelOperator.Rollouts.Judging;

namespace ModelOperator.Rollouts;

/// <summary>One plan in the making: the input, the status it will become, and what was decided on the way.</summary>
internal sealed class Scope
{
    private readonly List<PlannedEvent> _events = [];
    private readonly Dictionary<string, int> _pods = new(StringComparer.Ordinal);

    public Scope(PlannerInput input)
    {
        Input = input;
        PreviousPhase = input.Status?.Phase;
        Status = input.Status is null
            ? new ModelDeploymentStatus()
            : JsonSerializer.Deserialize(
                JsonSerializer.SerializeToUtf8Bytes(input.Status, ApiJsonContext.Default.ModelDeploymentStatus),
                ApiJsonContext.Default.ModelDeploymentStatus)!;
        Table = new Table(Status);
        Mend();
    }

    public PlannerInput Input { get; }

    /// <summary>A copy of the status that was read, on its way to the one that will be written.</summary>
    public ModelDeploymentStatus Status { get; }

    public RolloutPhase? PreviousPhase { get; }

    public Table Table { get; }

    public DateTimeOffset Now => Input.Now;

    public ObservedWorld World => Input.World;

    public EffectiveRollout Spec => Input.Spec.Rollout;

    public int Replicas => Input.Spec.Replicas;

    public string Wanted => Input.WantedRevision;

    /// <summary>The revision that the spec itself asks for.</summary>
    public string Asked => Input.AskedRevision ?? Wanted;

    /// <summary>Whether a person went back to the wanted revision, while the spec asks for another.</summary>
    public bool IsUndoing => Status.Undo is { } undo && undo.Revision == Wanted && Asked != Wanted;

    /// <summary>Who ordered what is decided now; null when nobody did, or nobody knows.</summary>
    public string? By { get; set; }

    /// <summary>Why the wanted revision was rejected; null when it was not, or is to be tried again by now.</summary>
    public RejectedRevision? WantedRejected => Status.Rejected?.Find(r => r.Revision == Wanted && !(r.RetryAt <= Now));

    public bool IsWantedRejected => WantedRejected is not null;

    /// <summary>Whether every ready router answers and is on the table in force.</summary>
    public bool IsConfirmed =>
        World.Routers.Count > 0 && World.Routers.All(router => router.Report is { } report && report.TableVersion >= Table.Version);

    public IReadOnlyList<PlannedEvent> Events => _events;

    /// <summary>How many pods the revisions that matter shall have.</summary>
    public IReadOnlyDictionary<string, int> Pods => _pods;

    public ObservedRevision? Find(string? revision) => World.Find(revision);

    /// <summary>The evidence on each guardrail; empty when no rollout is in progress.</summary>
    public IReadOnlyList<KnownGuardrail> Evidence { get; set; } = [];

    /// <summary>What the evidence says of each guardrail; empty when no rollout is in progress.</summary>
    public IReadOnlyList<GuardrailVerdict> Verdicts { get; set; } = [];

    /// <summary>What is known of the guardrails that decide, and what it says: those that only warn are left out.</summary>
    public IEnumerable<(KnownGuardrail Known, GuardrailVerdict Verdict)> Deciding =>
        Evidence.Zip(Verdicts).Where(pair => !pair.First.Guardrail.WarnsOnly);

    /// <summary>Whether requests are not split as the table says: nothing is decided by what is compared.</summary>
    public bool IsSkewed => SplitWatch.Of(Status.Rollout).IsSkewed;

    /// <summary>The evaluation that shall run; null when none shall.</summary>
    public EvaluationPlan? Evaluation { get; set; }

    /// <summary>Whether nothing but the truth of answers given is missing for a promotion.</summary>
    public bool AwaitsTruth { get; set; }

    /// <summary>Whether a canary waits for nodes or a quota to have room for its pods.</summary>
    public bool AwaitsRoom { get; set; }

    /// <summary>Takes back what an action wanted whose state is over.</summary>
    public void WantNothing()
    {
        _pods.Clear();
        Evaluation = null;
        AwaitsTruth = false;
        AwaitsRoom = false;
    }

    public void WantPods(string revision, int replicas) => _pods[revision] = replicas;

    /// <summary>Puts a decision into the history and tells people.</summary>
    public void Decide(string action, string revision, string reason, string message, EventSeverity severity = EventSeverity.Normal)
    {
        string text = StatusLimits.Shorten(message);
        Status.History =
        [
            .. (Status.History ?? []).TakeLast(StatusLimits.History - 1),
            new Decision { Time = Now, Action = action, Revision = revision, By = By, Reason = reason, Message = text },
        ];
        Tell(severity, reason, text);
    }

    /// <summary>Tells people what is no decision.</summary>
    public void Tell(EventSeverity severity, string reason, string message) =>
        _events.Add(new PlannedEvent(severity, reason, StatusLimits.Shorten(message)));

    // A status edited by hand may hold what the planner never writes: half a rollout.
    private void Mend()
    {
        if (Status.StableRevision is null)
        {
            Status.CanaryRevision = null;
        }

        Status.Rollout = Status.CanaryRevision is null ? null : Status.Rollout ?? new RolloutStatus { StartedAt = Now };
    }
}
