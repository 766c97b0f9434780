namespace ModelOperator.Kubernetes.Runtime;

/// <summary>How an operator runs; made by an <see cref="OperatorSettingsBuilder"/>.</summary>
public sealed record OperatorSettings
{
    /// <summary>
    /// Name of the operator, a qualified name such as <c>model-operator</c>: its lease's, and that of the reporter of its events.
    /// </summary>
    public string Name { get; init; } = "kubernetesoperator";

    /// <summary>
    /// Name of this process, such as the pod's: the holder of the lease. Differs for each process that lives at the same time.
    /// </summary>
    public string Instance { get; init; } = Environment.MachineName;

    /// <summary>The one namespace that is watched, or null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether several processes share the work.</summary>
    public LeaderElectionType LeaderElectionType { get; init; }

    /// <summary>Where the lease is.</summary>
    public string LeaderElectionNamespace { get; init; } = "default";

    /// <summary>Others take over when the lease was not renewed for this long.</summary>
    public TimeSpan LeaderElectionLeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The holder gives up when it could not renew for this long.</summary>
    public TimeSpan LeaderElectionRenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait between two attempts.</summary>
    public TimeSpan LeaderElectionRetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Which updates of an entity call for a reconcile.</summary>
    public ReconcileStrategy ReconcileStrategy { get; init; }

    /// <summary>How many entities are reconciled at once.</summary>
    public ParallelReconciliationSettings ParallelReconciliation { get; init; } = new();

    /// <summary>How long reconciles under way may go on when the process is asked to stop, before they are cancelled.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How several processes of one operator share the work.</summary>
public enum LeaderElectionType
{
    /// <summary>Not at all: each works.</summary>
    None,

    /// <summary>The holder of a lease works, the others wait.</summary>
    Single,
}
