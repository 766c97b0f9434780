namespace ModelOperator.Api;

/// <summary>Types of the conditions in a ModelDeployment's status.</summary>
public static class ConditionTypes
{
    /// <summary>
    /// True while requests are answered: at least one pod of the stable revision, or of one that stands in for it, is ready and a router
    /// sends it requests.
    /// </summary>
    public const string Ready = "Ready";

    /// <summary>True while the operator is on its way to what the spec asks for: first start, rollout, promotion, rollback.</summary>
    public const string Progressing = "Progressing";

    /// <summary>True when nothing more will happen until somebody changes something; the reason says what.</summary>
    public const string Stalled = "Stalled";

    /// <summary>
    /// True while routers draw the canary for another share of requests than the routing table gives it: nothing is decided meanwhile.
    /// Absent until a rollout had traffic whose split routers report.
    /// </summary>
    public const string TrafficSkewed = "TrafficSkewed";
}
