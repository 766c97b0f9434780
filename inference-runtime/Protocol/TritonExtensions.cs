using System.Text.Json.Serialization;

namespace ModelOperator.Protocol;

/// <summary>Answer to <c>GET v2/models/{name}/config</c>, in the form of Triton's model configuration.</summary>
public sealed record ModelConfiguration
{
    public required string Name { get; init; }

    public required string Platform { get; init; }

    public required string Backend { get; init; }

    public required VersionPolicy VersionPolicy { get; init; }

    /// <summary>Rows of a batch at most; 0 when the server does not batch requests, and then dims are whole shapes.</summary>
    public required int MaxBatchSize { get; init; }

    public required IReadOnlyList<TensorConfiguration> Input { get; init; }

    public required IReadOnlyList<TensorConfiguration> Output { get; init; }

    public required IReadOnlyList<InstanceGroup> InstanceGroup { get; init; }

    public required string DefaultModelFilename { get; init; }

    public DynamicBatching? DynamicBatching { get; init; }
}

/// <summary>Which versions are served.</summary>
public sealed record VersionPolicy(SpecificVersions Specific);

public sealed record SpecificVersions(IReadOnlyList<long> Versions);

/// <summary>An input or output; its type is named <c>TYPE_</c> and the protocol's name, texts being <c>TYPE_STRING</c>.</summary>
public sealed record TensorConfiguration(string Name, string DataType, IReadOnlyList<long> Dims);

/// <summary>Instances of a model on one kind of device.</summary>
public sealed record InstanceGroup(string Name, string Kind, int Count);

/// <summary>How requests are computed together; without levels any priority counts as it is.</summary>
public sealed record DynamicBatching(
    IReadOnlyList<int> PreferredBatchSize, long MaxQueueDelayMicroseconds, ulong PriorityLevels, ulong DefaultPriorityLevel,
    QueuePolicy DefaultQueuePolicy);

public sealed record QueuePolicy(int MaxQueueSize);

/// <summary>Answer to <c>GET v2/models/stats</c> and the like.</summary>
public sealed record ModelStatisticsList(IReadOnlyList<ModelStatisticsEntry> ModelStats);

/// <summary>What a version of a model did so far.</summary>
public sealed record ModelStatisticsEntry
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long LastInference { get; init; }

    public required long InferenceCount { get; init; }

    public required long ExecutionCount { get; init; }

    public required InferenceDurations InferenceStats { get; init; }

    public required IReadOnlyList<BatchDurations> BatchStats { get; init; }
}

public sealed record InferenceDurations
{
    public required CountedDuration Success { get; init; }

    public required CountedDuration Fail { get; init; }

    public required CountedDuration Queue { get; init; }

    public required CountedDuration ComputeInput { get; init; }

    public required CountedDuration ComputeInfer { get; init; }

    public required CountedDuration ComputeOutput { get; init; }
}

public sealed record BatchDurations(
    long BatchSize, CountedDuration ComputeInput, CountedDuration ComputeInfer, CountedDuration ComputeOutput);

/// <summary>How often, and how long altogether in nanoseconds.</summary>
public sealed record CountedDuration(long Count, long Ns);

/// <summary>An entry of the answer to <c>POST v2/repository/index</c>.</summary>
public sealed record RepositoryIndexEntry(string Name, string Version, string State, string Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelConfiguration))]
[JsonSerializable(typeof(ModelStatisticsList))]
[JsonSerializable(typeof(IReadOnlyList<RepositoryIndexEntry>))]
public sealed partial class TritonJson : JsonSerializerContext;
