namespace ModelOperator.Demo.Play;

/// <summary>One rollout of the play and how it must end.</summary>
/// <param name="Title">What happens, for people.</param>
/// <param name="ModelFile">The model applied.</param>
/// <param name="Verdict">How the rollout must end.</param>
/// <param name="Reason">The reason the operator must give; empty when any will do.</param>
/// <param name="CanaryServes">Whether the canary must have answered requests; false means it must not have answered one.</param>
public sealed record Act(string Title, string ModelFile, Verdict Verdict, string Reason, bool CanaryServes)
{
    /// <summary>The rollouts after the first model serves.</summary>
    public static IReadOnlyList<Act> All { get; } =
    [
        new("v2: as good or better", "digits-v2.onnx", Verdict.Promoted, "", CanaryServes: true),
        new("v3: less accurate", "digits-v3.onnx", Verdict.RolledBack, "AccuracyHarmful", CanaryServes: true),
        new("v4: accurate, many times slower", "digits-v4.onnx", Verdict.RolledBack, "LatencyHarmful", CanaryServes: true),
        new("v5: not a model at all", "digits-v5.onnx", Verdict.RolledBack, "ProgressDeadlineExceeded", CanaryServes: false),
    ];
}

public enum Verdict
{
    None,
    Promoted,
    RolledBack,
}

/// <summary>
/// How a rollout went. Requests that the generator did not send, as the machine could not keep up, are no failure of what serves.
/// </summary>
public sealed record ActResult(
    Act Act, Verdict Verdict, string Reason, TimeSpan Duration, long CanaryRequests, long FailedRequests, long NotSent)
{
    public bool AsExpected =>
        Verdict == Act.Verdict
        && (Act.Reason.Length == 0 || Reason == Act.Reason)
        && (CanaryRequests > 0) == Act.CanaryServes
        && FailedRequests == 0;
}
