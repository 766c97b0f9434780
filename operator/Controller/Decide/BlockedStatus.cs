using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Decide;

/// <summary>
/// The status of a ModelDeployment the operator may not act on: all that was seen and decided stays, the conditions say what a
/// person has to mend.
/// </summary>
internal static class BlockedStatus
{
    public static ModelDeploymentStatus Of(ModelDeployment model, string reason, string message, DateTimeOffset now)
    {
        ModelDeploymentStatus status = StatusCopy.Of(model.Status);
        string text = StatusLimits.Shorten(message);
        long? generation = model.Metadata.Generation;
        status.ObservedGeneration = generation;
        status.Message = text;
        status.Conditions ??= [];
        if (status.StableRevision is null)
        {
            status.Phase = RolloutPhase.Stalled;
            Conditions.Set(status.Conditions, ConditionTypes.Ready, Conditions.False, reason, text, generation, now);
        }

        Conditions.Set(status.Conditions, ConditionTypes.Progressing, Conditions.False, reason, text, generation, now);
        Conditions.Set(status.Conditions, ConditionTypes.Stalled, Conditions.True, reason, text, generation, now);
        return status;
    }
}
