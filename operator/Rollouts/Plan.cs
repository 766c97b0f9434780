using ModelOperator.Api;

namespace ModelOperator.Rollouts;

/// <summary>
/// What to do now. The order is: write <see cref="Status"/> first, with the resourceVersion that was read; on a conflict throw the plan
/// away and plan anew; then apply <see cref="Deployments"/>; then emit <see cref="Events"/>. Status first is safe because routers read
/// their table from it, the evidence and the cursors are one write, and every Deployment in the plan follows from status and world alone:
/// whoever is killed in between makes the same Deployments from the written status. Events may be lost by that, decisions are not: they
/// are in status.history.
/// </summary>
public sealed record Plan
{
    /// <summary>The complete new status. Write it when it differs from the one read.</summary>
    public required ModelDeploymentStatus Status { get; init; }

    /// <summary>What every revision's Deployment shall be; a Deployment that is not named here stays as it is.</summary>
    public required IReadOnlyList<DeploymentPlan> Deployments { get; init; }

    /// <summary>The evaluation that shall run, or has run and is still of use; null when its Job and Services shall go.</summary>
    public EvaluationPlan? Evaluation { get; init; }

    /// <summary>The Job guardrails whose Jobs shall be there; others' shall go.</summary>
    public IReadOnlyList<GateJobPlan> GateJobs { get; init; } = [];

    /// <summary>What to tell people, once the status is written.</summary>
    public required IReadOnlyList<PlannedEvent> Events { get; init; }

    /// <summary>When to plan again if nothing happens before; null to wait for a change.</summary>
    public TimeSpan? RequeueAfter { get; init; }
}

/// <summary>What to do with one revision's Deployment.</summary>
public sealed record DeploymentPlan(string Revision, DeploymentAction Action, int Replicas);

public enum DeploymentAction
{
    /// <summary>Create it or apply it in full. Only ever asked for the wanted revision, whose pod template follows from the spec.</summary>
    Apply,

    /// <summary>Set its replicas and nothing else: it is an earlier revision, whose template is no longer known.</summary>
    Scale,

    /// <summary>Delete it: it has no pods and is beyond revisionHistoryLimit.</summary>
    Delete,
}

/// <summary>An evaluation of a revision on labelled data.</summary>
/// <param name="Evaluation">The data set and how to run it.</param>
/// <param name="Revision">The revision evaluated; its pods are ready.</param>
/// <param name="StableRevision">The revision it is compared with; null with a first one.</param>
public sealed record EvaluationPlan(EffectiveEvaluation Evaluation, string Revision, string? StableRevision);

/// <summary>The Job of a Job guardrail.</summary>
/// <param name="Guardrail">Name of the guardrail.</param>
/// <param name="Job">What to run.</param>
/// <param name="CanaryRevision">The revision on trial.</param>
/// <param name="StableRevision">The revision it is compared with.</param>
public sealed record GateJobPlan(string Guardrail, JobGate Job, string CanaryRevision, string StableRevision);

/// <summary>A Kubernetes Event on the ModelDeployment.</summary>
public sealed record PlannedEvent(EventSeverity Severity, string Reason, string Message);

public enum EventSeverity
{
    Normal,
    Warning,
}
