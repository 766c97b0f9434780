using System.Runtime.InteropServices;

namespace ModelOperator.Server.Statistics;

/// <summary>How often something was done and how long it took altogether.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DurationTotal(long Count, long Nanoseconds)
{
    public static DurationTotal Of(long count, long ticks) => new(count, ticks * TimeSpan.NanosecondsPerTick);
}

/// <summary>Runs of the model with a number of rows; every count is a number of runs, not of requests.</summary>
internal sealed record BatchSnapshot(int BatchSize, DurationTotal ComputeInput, DurationTotal ComputeInfer, DurationTotal ComputeOutput);

/// <summary>What one version of a model has done so far, as Triton's statistics extension tells it.</summary>
internal sealed record StatisticsSnapshot
{
    /// <summary>When the last request was answered, in milliseconds since 1970; 0 before the first.</summary>
    public required long LastInferenceMilliseconds { get; init; }

    /// <summary>Rows of the requests that were answered.</summary>
    public required long InferenceCount { get; init; }

    /// <summary>Runs of the model; with batching fewer than requests.</summary>
    public required long ExecutionCount { get; init; }

    /// <summary>Requests answered, from their arrival to their results.</summary>
    public required DurationTotal Success { get; init; }

    public required DurationTotal Fail { get; init; }

    /// <summary>Waiting for a turn, of the requests answered, as are the next three.</summary>
    public required DurationTotal Queue { get; init; }

    public required DurationTotal ComputeInput { get; init; }

    public required DurationTotal ComputeInfer { get; init; }

    public required DurationTotal ComputeOutput { get; init; }

    public required IReadOnlyList<BatchSnapshot> Batches { get; init; }
}
