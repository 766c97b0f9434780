using ModelOperator.Controller.Intents;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Traffic;

/// <summary>How routers are asked for what they saw, and evaluations for how far they are.</summary>
internal sealed record EvidenceOptions
{
    /// <summary>The routers' admin port.</summary>
    public int Port { get; init; } = RouterNames.AdminPortNumber;

    /// <summary>The port at which the pod of an evaluation tells how far it is.</summary>
    public int ProgressPort { get; init; } = EvaluationJob.ProgressPort;

    /// <summary>Longest time one attempt may take.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Attempts after the first, at least 1; more would hold up the rollout for a router that is gone.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Largest answer in bytes.</summary>
    public int LargestAnswer { get; init; } = EvidenceReport.MostBytes;

    /// <summary>Reports that are read at a time: what a report becomes in memory is some times its size.</summary>
    public int ReadsAtATime { get; init; } = 16;
}
