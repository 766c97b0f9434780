using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository.Overrides;

/// <summary>What a client's configuration says of how a model is served; null is left to the server's own settings.</summary>
internal sealed class ConfigOverride
{
    public VersionChoice? Versions { get; set; }

    public int? MaxBatchSize { get; set; }

    public IReadOnlyList<int>? PreferredBatchSizes { get; set; }

    public TimeSpan? MaxQueueDelay { get; set; }

    public int? MaxQueueSize { get; set; }

    public ulong PriorityLevels { get; set; }

    public ulong DefaultPriority { get; set; }

    public int? Instances { get; set; }

    /// <summary>KIND_CPU or KIND_GPU.</summary>
    public string? Kind { get; set; }

    public IReadOnlyList<int>? Devices { get; set; }

    public int? Threads { get; set; }

    public bool TensorRT { get; set; }

    public Precision? Precision { get; set; }

    public IReadOnlyList<ConfigTensor> Inputs { get; set; } = [];

    public IReadOnlyList<ConfigTensor> Outputs { get; set; } = [];

    /// <summary>The server's settings with what is said here in the place of theirs.</summary>
    public ExecutionOptions ApplyTo(ExecutionOptions options) => options with
    {
        Providers = Providers(options.Providers),
        Threads = Threads ?? options.Threads,
        Instances = Instances ?? options.Instances,
        Devices = Devices ?? options.Devices,
        Precision = Precision ?? options.Precision,
        Batching = options.Batching with
        {
            MaxBatchSize = MaxBatchSize ?? options.Batching.MaxBatchSize,
            PreferredBatchSizes = PreferredBatchSizes ?? options.Batching.PreferredBatchSizes,
            MaxQueueDelay = MaxQueueDelay ?? options.Batching.MaxQueueDelay,
            MaxQueueSize = MaxQueueSize ?? options.Batching.MaxQueueSize,
            PriorityLevels = PriorityLevels > 0 ? PriorityLevels : options.Batching.PriorityLevels,
            DefaultPriority = PriorityLevels > 0 ? DefaultPriority : options.Batching.DefaultPriority,
        },
    };

    /// <summary>Holds what was said against the model that was loaded.</summary>
    /// <exception cref="ProtocolException">They do not agree.</exception>
    public void Check(OnnxModel model)
    {
        bool? batches = MaxBatchSize is { } size ? size > 0 : null;
        ConfigTensor.Check(Inputs, model.Inputs, batches);
        ConfigTensor.Check(Outputs, model.Outputs, batches);
        ExecutionProvider provider = model.Instances.Rings[0].Session.Provider;
        if (TensorRT && provider != ExecutionProvider.TensorRT)
        {
            throw new ProtocolException(
                $"config: optimization.execution_accelerators has tensorrt, but that cannot run the model here, which would run on {provider.Name()}; the log says why");
        }

        if (MaxBatchSize > 1 && !model.Batching.Batches)
        {
            throw new ProtocolException($"config: max_batch_size is {MaxBatchSize}, but requests are computed one by one: {model.Batching.Reason}");
        }

        if (PreferredBatchSizes is { Count: > 0 } sizes && sizes[^1] > model.Batching.MaxRows)
        {
            throw new ProtocolException(
                $"config: dynamic_batching.preferred_batch_size has {sizes[^1]}, but a batch has {model.Batching.MaxRows} rows at most; max_batch_size sets that");
        }
    }

    private IReadOnlyList<ExecutionProvider> Providers(IReadOnlyList<ExecutionProvider> served)
    {
        IReadOnlyList<ExecutionProvider> providers = Kind switch
        {
            "KIND_CPU" => [ExecutionProvider.Cpu],
            "KIND_GPU" => [.. served.Where(p => p != ExecutionProvider.Cpu)],
            _ => served,
        };
        if (TensorRT)
        {
            providers = Kind == "KIND_CPU"
                ? throw new ProtocolException("config: optimization.execution_accelerators has tensorrt, but instance_group[0].kind is KIND_CPU")
                : [ExecutionProvider.TensorRT, .. providers.Where(p => p != ExecutionProvider.TensorRT)];
        }

        if (providers.Count == 0)
        {
            throw new ProtocolException("config: instance_group[0].kind is KIND_GPU, but the server runs with --execution-providers CPU");
        }

        return Devices is null || providers.Any(p => p != ExecutionProvider.Cpu) ? providers
            : throw new ProtocolException("config: instance_group[0].gpus names GPUs, but the model is to run on CPUs alone");
    }
}
