using ModelOperator.Server.Batching;
using ModelOperator.Server.Execution;

namespace ModelOperator.Server.Models;

/// <summary>How models are computed. Ranges are checked where the command line is read.</summary>
internal sealed record ExecutionOptions
{
    /// <summary>In order of preference.</summary>
    public IReadOnlyList<ExecutionProvider> Providers { get; init; } = [ExecutionProvider.Cpu];

    /// <summary>CPU threads for one run; null leaves it to what the warm-up measures.</summary>
    public int? Threads { get; init; }

    /// <summary>Runs at the same time on each device; null leaves it to what the warm-up measures.</summary>
    public int? Instances { get; init; }

    /// <summary>GPUs that are used, by number.</summary>
    public IReadOnlyList<int> Devices { get; init; } = [0];

    public Precision Precision { get; init; }

    /// <summary>Whether denormal numbers are taken for zero, see <see cref="DenormalNumbers"/>.</summary>
    public bool FlushDenormals { get; init; } = true;

    /// <summary>
    /// Where what was computed from a model is kept for the next start: optimized graphs, TensorRT's engines; null keeps graphs beside the
    /// model.
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>A secret that seals what is kept; null has the pod make its own, so that it uses nothing of other pods.</summary>
    public string? CacheKeyFile { get; init; }

    public BatchingOptions Batching { get; init; } = new();

    /// <summary>CPUs that this container may use.</summary>
    public int Cpus { get; init; } = Environment.ProcessorCount;
}
