namespace ModelOperator.Rollouts;

/// <summary>Actions of the decisions in status.history.</summary>
public static class DecisionActions
{
    /// <summary>A revision began to come up: the first, or a canary.</summary>
    public const string Started = "Started";

    /// <summary>The canary got the weight of the next step.</summary>
    public const string StepAdvanced = "StepAdvanced";

    /// <summary>The rollout waits at a pause.</summary>
    public const string Paused = "Paused";

    /// <summary>A person moved the canary on.</summary>
    public const string Ordered = "Ordered";

    /// <summary>A person had a rejected revision tried again.</summary>
    public const string Retried = "Retried";

    /// <summary>A person went back to the revision.</summary>
    public const string Undone = "Undone";

    /// <summary>A person had all pods replaced.</summary>
    public const string Restarted = "Restarted";

    /// <summary>The revision became stable.</summary>
    public const string Promoted = "Promoted";

    /// <summary>The canary had traffic, and lost it.</summary>
    public const string RolledBack = "RolledBack";

    /// <summary>The canary was given up before it had traffic.</summary>
    public const string Rejected = "Rejected";

    /// <summary>The analysis deadline passed: a person has to decide.</summary>
    public const string Held = "Held";

    /// <summary>The spec changed: the canary was given up for what it asks for now.</summary>
    public const string Superseded = "Superseded";

    /// <summary>The stable revision's Deployment is gone and cannot be made again.</summary>
    public const string StableLost = "StableLost";
}
