namespace ModelOperator.Rollouts;

/// <summary>Where a rollout is: decides which action is next.</summary>
internal enum RolloutState
{
    /// <summary>The newest spec cannot be acted on, and no canary has traffic: all stays as it is.</summary>
    Blocked,

    /// <summary>The stable revision's Deployment was deleted, its pod template with it, and none of its pods is ready any more.</summary>
    StableLost,

    /// <summary>The spec asks for something else than the canary, or for no pods at all.</summary>
    CanaryUnwanted,

    /// <summary>spec.replicas is 0.</summary>
    ScaledToZero,

    /// <summary>There is no stable revision yet.</summary>
    FirstRevision,

    /// <summary>The spec asks for the stable revision.</summary>
    Settled,

    /// <summary>The spec asks for a revision that failed its trial.</summary>
    WantedRejected,

    /// <summary>spec.rollout.paused is true, and the spec asks for a revision that has not been tried.</summary>
    Paused,

    /// <summary>The spec asks for a revision that has not been tried.</summary>
    NewRevision,

    /// <summary>A person ordered that the canary become stable.</summary>
    CanaryOrdered,

    /// <summary>The canary has no traffic yet.</summary>
    CanaryStarting,

    /// <summary>The canary has traffic and is compared.</summary>
    CanaryComparing,
}
