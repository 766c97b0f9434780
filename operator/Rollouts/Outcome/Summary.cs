using ModelOperator.Api;

namespace ModelOperator.Rollouts.Outcome;

/// <summary>Completes the status: what there is, what the routers confirm, and the conditions. Computed anew in every plan.</summary>
internal static class Summary
{
    public static ModelDeploymentStatus Complete(Scope scope)
    {
        var status = scope.Status;
        status.ObservedGeneration = scope.Input.Generation;
        // An autoscaler sets spec.replicas by these. A canary's pods would count twice: spec.replicas does not hold them.
        string scaled = status.StableRevision ?? scope.Wanted;
        var arm = scope.Find(scaled);
        status.Replicas = arm?.Replicas ?? 0;
        status.ReadyReplicas = arm?.ReadyReplicas ?? 0;
        status.Selector = string.Join(
            ',',
            $"{Labels.ManagedBy}={Labels.Operator}",
            $"{Labels.Component}={Labels.InferenceComponent}",
            $"{Labels.Model}={scope.Input.Name}",
            $"{Labels.Revision}={scaled}");
        if (scope.IsConfirmed && status.Routing is { } routing)
        {
            status.Traffic = routing.Targets;
        }

        status.CanaryWeight =
            status.CanaryRevision is { } canary ? status.Traffic?.Find(target => target.Revision == canary)?.Weight ?? 0 : null;
        status.Message = StatusLimits.Shorten(string.Join("; ", new[] { StandIns.Explain(scope), status.Message }.OfType<string>()));
        StatusConditions.Set(scope);
        return status;
    }
}
