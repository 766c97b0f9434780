namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Which updates of an entity call for a reconcile; an entity that appears or goes always does.</summary>
public enum ReconcileStrategy
{
    /// <summary>
    /// Those that change metadata.generation (the spec, or that deletion has begun) or the annotations. The controller's own status writes
    /// are no reason to look again.
    /// </summary>
    ByGeneration,

    /// <summary>Every one.</summary>
    ByResourceVersion,
}
