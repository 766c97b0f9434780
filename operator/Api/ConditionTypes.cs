namespace ModelOperator.Api;

/// <summary>Types of the conditions in a ModelDeployment's status.</summary>
public static class ConditionTypes
{
    /// <summary>True while the stable revision serves: at least one of its pods is ready and a router sends it requests.</summary>
    public const string Ready = "Ready";

    /// <summary>True while the operator is on its way to what the spec asks for: first start, rollout, promotion, rollback.</summary>
    public const string Progressing = "Progressing";

    /// <summary>True when nothing more will happen until somebody changes something; the reason says what.</summary>
    public const string Stalled = "Stalled";
}
