namespace ModelOperator.Cli.Simulate;

/// <summary>What users had of the canary until the rollout ended.</summary>
internal sealed record CanaryReport
{
    public required Spread Requests { get; init; }

    /// <summary>Wrong answers; null when nothing was said of accuracy.</summary>
    public required Spread? Wrong { get; init; }

    /// <summary>Wrong answers above what stable would have given to the same requests.</summary>
    public required Spread? WrongBeyondStable { get; init; }

    public required Spread? Failed { get; init; }

    public required Spread? FailedBeyondStable { get; init; }

    /// <summary>Answers slower than the 95 % quantile of stable; null when nothing was said of latency.</summary>
    public required Spread? Slow { get; init; }

    public static CanaryReport Of(SimulationSettings settings, IReadOnlyList<RunResult> runs)
    {
        var stable = settings.Stable;
        Spread? When(bool isKnown, Func<RunResult, double> value) => isKnown ? Spread.Of(runs.Select(value)) : null;
        return new CanaryReport
        {
            Requests = Spread.Of(runs.Select(run => (double)run.Requests))!,
            Wrong = When(stable.Accuracy is not null, run => run.Wrong),
            WrongBeyondStable = When(stable.Accuracy is not null, run => Beyond(run.Wrong, (run.Requests - run.Failed) * stable.Wrong)),
            Failed = When(stable.Errors is not null, run => run.Failed),
            FailedBeyondStable = When(stable.Errors is not null, run => Beyond(run.Failed, run.Requests * stable.Failed)),
            Slow = When(stable.P95 is not null, run => run.Slow),
        };
    }

    // Adding nothing makes a nothing without a sign.
    private static double Beyond(long seen, double expected) => Math.Round(seen - expected) + 0.0;
}
