using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Decide;

/// <summary>
/// The status of a ModelDeployment whose newest spec the operator may not act on: all that was seen and decided stays, the conditions say
/// what a person has to mend.
/// </summary>
internal static class BlockedStatus
{
    /// <param name="model">The ModelDeployment with the status as it was read.</param>
    /// <param name="planned">What its status has become meanwhile; null when nothing was planned.</param>
    /// <param name="reason">What is to be mended, as a word.</param>
    /// <param name="message">The same in a sentence.</param>
    /// <param name="now">The time.</param>
    public static ModelDeploymentStatus Of(
        ModelDeployment model, ModelDeploymentStatus? planned, string reason, string message, DateTimeOffset now)
    {
        ModelDeploymentStatus status = StatusCopy.Of(planned ?? model.Status);
        string text = StatusLimits.Shorten(message);
        long? generation = model.Metadata.Generation;
        status.ObservedGeneration = generation;
        status.Message = text;
        List<Condition> conditions = status.Conditions ??= [];
        if (status.StableRevision is null)
        {
            status.Phase = RolloutPhase.Stalled;
            Conditions.Set(conditions, ConditionTypes.Ready, Conditions.False, reason, text, generation, now);
        }

        Set(ConditionTypes.Progressing, Conditions.False);
        Set(ConditionTypes.Stalled, Conditions.True);
        return status;

        // A plan says what it would say without the block: the time of the last change is that of the condition as it was read.
        void Set(string type, string value)
        {
            conditions.RemoveAll(condition => condition.Type == type);
            if (Conditions.Get(StatusCopy.Of(model.Status).Conditions, type) is { } before)
            {
                conditions.Add(before);
            }

            Conditions.Set(conditions, type, value, reason, text, generation, now);
        }
    }
}
