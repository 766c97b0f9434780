namespace ModelOperator.Kubernetes.Runtime;

/// <summary>How an operator runs.</summary>
public sealed class OperatorOptions
{
    /// <summary>Name of the operator, a qualified name such as <c>model-operator</c>; its events are reported under it.</summary>
    public string Name { get; set; } = "operator";

    /// <summary>Name of this process, such as the pod's.</summary>
    public string Instance { get; set; } = Environment.MachineName;

    /// <summary>The one namespace that is watched, or null for all.</summary>
    public string? WatchNamespace { get; set; }

    /// <summary>The lease to hold while working, or null to work at once.</summary>
    public LeaderElectionOptions? LeaderElection { get; set; }

    /// <summary>How long reconciles under way may go on when the process is asked to stop, before they are cancelled.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);
}
