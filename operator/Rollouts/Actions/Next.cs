namespace ModelOperator.Rollouts.Actions;

/// <summary>What an action leaves behind.</summary>
internal enum Next
{
    /// <summary>Nothing more to do until the world or the clock moves on.</summary>
    Wait,

    /// <summary>The rollout is in another state now.</summary>
    LookAgain,
}
