namespace ModelOperator.Server.Tests.Execution;

/// <summary>What keeps simulated runs from taking the same time each.</summary>
public enum Disturbance
{
    None,

    /// <summary>Each takes up to 15 % more or less.</summary>
    UnevenRuns,

    /// <summary>That, and every two seconds or so something else has a CPU for 20 to 100 milliseconds.</summary>
    StolenCpus,
}
