using ModelOperator.Api;

namespace ModelOperator.Rollouts;

/// <summary>Everything a plan depends on. The planner reads nothing else: no clock, no cluster, no memory.</summary>
public sealed record PlannerInput
{
    /// <summary>metadata.name of the ModelDeployment.</summary>
    public required string Name { get; init; }

    /// <summary>metadata.generation of the ModelDeployment, as read with the spec.</summary>
    public required long Generation { get; init; }

    /// <summary>The spec with every default filled in.</summary>
    public required EffectiveSpec Spec { get; init; }

    /// <summary>The revision (hash) that is to serve: the one the spec asks for, unless a person went back to another.</summary>
    public required string WantedRevision { get; init; }

    /// <summary>
    /// The revision that the spec itself asks for, where a person went back to another one; null when that is the wanted one.
    /// </summary>
    public string? AskedRevision { get; init; }

    /// <summary>What a person orders; null when nothing.</summary>
    public ControlRequest? Control { get; init; }

    /// <summary>
    /// Whether the newest spec cannot be acted on: a canary is judged and rolled back as ever, by <see cref="Spec"/>, but nothing begins,
    /// gets more requests or is promoted. <see cref="WantedRevision"/> is then the revision on trial.
    /// </summary>
    public bool IsGuardOnly { get; init; }

    /// <summary>The status as last written; null for a new ModelDeployment. Never changed by the planner.</summary>
    public ModelDeploymentStatus? Status { get; init; }

    /// <summary>What is there.</summary>
    public required ObservedWorld World { get; init; }

    /// <summary>The time the plan is made for.</summary>
    public required DateTimeOffset Now { get; init; }
}
