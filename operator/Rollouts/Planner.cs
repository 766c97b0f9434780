namespace ModelOperator.Rollouts;

/// <summary>Decides what a rollout does next. A pure function: the same input gives the same plan.</summary>
public static class Planner
{
    /// <summary>Plans the next move from the spec, the status and what is there.</summary>
    public static Plan Plan(PlannerInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        throw new NotSupportedException("The planner is not there yet.");
    }
}
