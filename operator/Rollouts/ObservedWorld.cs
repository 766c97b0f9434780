using System.Collections.Immutable;
using ModelOperator.Evidence;

namespace ModelOperator.Rollouts;

/// <summary>The objects of one ModelDeployment and the routers of its namespace, as seen now.</summary>
public sealed record ObservedWorld
{
    /// <summary>Every Deployment of the ModelDeployment, one a revision, and the revisions that have ready pods alone.</summary>
    public IReadOnlyList<ObservedRevision> Revisions { get; init; } = [];

    /// <summary>The revisions whose pods can be made again, beside the one that the spec asks for.</summary>
    public IReadOnlySet<string> Kept { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Every ready router pod, those that gave no answer included.</summary>
    public IReadOnlyList<ObservedRouter> Routers { get; init; } = [];

    /// <summary>
    /// Router pods that are shutting down: their last ticks are evidence like any other, but no table waits for their confirmation.
    /// </summary>
    public IReadOnlyList<ObservedRouter> LeavingRouters { get; init; } = [];

    /// <summary>What keeps router pods from becoming ready, when none is.</summary>
    public PodFailure? RouterFailure { get; init; }

    /// <summary>
    /// What Prometheus servers answered now, by the guardrail's name; those that <see cref="Sources"/> does not call due are absent.
    /// </summary>
    public IReadOnlyDictionary<string, MetricAnswer> Metrics { get; init; } = ImmutableDictionary<string, MetricAnswer>.Empty;

    /// <summary>What webhooks and Jobs answered now, by the guardrail's name.</summary>
    public IReadOnlyDictionary<string, GateAnswer> Gates { get; init; } = ImmutableDictionary<string, GateAnswer>.Empty;

    /// <summary>The evaluation Job of the revision that <see cref="Plan.Evaluation"/> asked for; null when there is none yet.</summary>
    public ObservedEvaluation? Evaluation { get; init; }

    /// <summary>The revision, or null when it has neither a Deployment nor a ready pod.</summary>
    public ObservedRevision? Find(string? revision) =>
        revision is null ? null : Revisions.FirstOrDefault(r => r.Revision == revision);
}

/// <summary>One revision: its Deployment and its pods.</summary>
public sealed record ObservedRevision
{
    /// <summary>The revision.</summary>
    public required string Revision { get; init; }

    /// <summary>False for ready pods whose Deployment is gone: nobody replaces them, and nothing can scale them.</summary>
    public bool HasDeployment { get; init; } = true;

    /// <summary>metadata.creationTimestamp of the Deployment; orders old revisions.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>spec.replicas of the Deployment.</summary>
    public int DesiredReplicas { get; init; }

    /// <summary>Pods that exist, terminating ones left out.</summary>
    public int Replicas { get; init; }

    /// <summary>Pods a router would send to: Ready, not terminating, with an address.</summary>
    public int ReadyReplicas { get; init; }

    /// <summary>Digest of the model that the oldest ready pod fetched; null when it does not say.</summary>
    public string? ModelDigest { get; init; }

    /// <summary>Why a pod that is not ready is not, when that is known.</summary>
    public PodFailure? Failure { get; init; }
}

/// <summary>What keeps a pod from becoming ready.</summary>
/// <param name="Reason">
/// CamelCase word: that of the runtime's termination message (DigestMismatch), or Kubernetes' own (ImagePullBackOff, Unschedulable).
/// </param>
/// <param name="Message">A sentence for people.</param>
public sealed record PodFailure(string Reason, string Message);

/// <summary>One ready router pod.</summary>
public sealed record ObservedRouter
{
    /// <summary>Pod name, for messages.</summary>
    public required string Pod { get; init; }

    /// <summary>
    /// What it reported; null when it gave no answer in time. It may hold ticks that were judged before: the planner leaves out what
    /// lies below the cursor in status, so asking with <c>since=0</c> is always right and asking with the cursor is cheaper.
    /// </summary>
    public EvidenceReport? Report { get; init; }
}
