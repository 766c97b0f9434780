namespace ModelOperator.Rollouts.Outcome;

/// <summary>The Jobs of Job guardrails: there for as long as the canary has traffic.</summary>
internal static class GateJobs
{
    public static List<GateJobPlan> Plan(Scope scope) => scope.Status switch
    {
        { Rollout.AnalysisStartedAt: not null, CanaryRevision: { } canary, StableRevision: { } stable } =>
            [.. scope.Spec.Analysis.Guardrails.Where(g => g.Job is not null).Select(g => new GateJobPlan(g.Name, g.Job!, canary, stable))],
        _ => [],
    };
}
