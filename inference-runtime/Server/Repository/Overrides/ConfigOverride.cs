using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository.Overrides;

/// <summary>A client's configuration of a model, in the form of Triton's: what is null is left to the server's own settings.</summary>
internal sealed class ConfigOverride : ConfigPart
{
    /// <summary>More is no configuration.</summary>
    private const int MaxLength = 1024 * 1024;

    private const int MaxRows = 65536;
    private const int MaxDelayMicroseconds = 10_000_000;
    private const int MaxRuns = 1024;

    public string? Name { get; set; }

    public string? Platform { get; set; }

    public string? Backend { get; set; }

    public string? DefaultModelFilename { get; set; }

    public int? MaxBatchSize { get; set; }

    public VersionPolicyPart? VersionPolicy { get; set; }

    public IReadOnlyList<TensorPart>? Input { get; set; }

    public IReadOnlyList<TensorPart>? Output { get; set; }

    public IReadOnlyList<InstanceGroupPart>? InstanceGroup { get; set; }

    public DynamicBatchingPart? DynamicBatching { get; set; }

    /// <summary>The versions asked for; null leaves them to the repository.</summary>
    [JsonIgnore]
    public VersionChoice? Versions => VersionPolicy switch
    {
        { Specific.Versions: { Count: > 0 } specific } => new VersionChoice(0, specific),
        { Latest.NumVersions: var latest } => new VersionChoice(latest, []),
        { All: not null } => new VersionChoice(0, []),
        _ => null,
    };

    private InstanceGroupPart? Group => InstanceGroup is [var group, ..] ? group : null;

    /// <exception cref="ProtocolException">The text is no configuration, or asks for what this server does not do.</exception>
    public static ConfigOverride Read(string json, string modelName)
    {
        if (json.Length > MaxLength)
        {
            throw new ProtocolException(413, $"config has {json.Length} characters, the limit is {MaxLength}");
        }

        ConfigOverride read;
        try
        {
            read = JsonSerializer.Deserialize(json, ConfigJson.Default.ConfigOverride)
                ?? throw new ProtocolException("config is null, expected a model configuration");
        }
        catch (JsonException e)
        {
            throw new ProtocolException($"config is not a model configuration in JSON: {e.Message}", e);
        }

        read.CheckValues(modelName);
        return read;
    }

    /// <summary>The server's settings with what is said here in the place of theirs.</summary>
    public ExecutionOptions ApplyTo(ExecutionOptions served) => served with
    {
        Providers = Providers(served.Providers),
        Instances = Group?.Count > 0 ? Group.Count : served.Instances,
        Devices = Group?.Gpus is { Count: > 0 } gpus ? [.. gpus.Distinct()] : served.Devices,
        Batching = served.Batching with
        {
            MaxBatchSize = MaxBatchSize ?? served.Batching.MaxBatchSize,
            PreferredBatchSizes = DynamicBatching?.PreferredBatchSize is { } sizes
                ? [.. sizes.Distinct().Order()]
                : served.Batching.PreferredBatchSizes,
            MaxQueueDelay = DynamicBatching?.MaxQueueDelayMicroseconds is { } delay
                ? TimeSpan.FromMicroseconds(delay)
                : served.Batching.MaxQueueDelay,
            MaxQueueSize = DynamicBatching?.DefaultQueuePolicy?.MaxQueueSize is > 0 and var size ? size : served.Batching.MaxQueueSize,
        },
    };

    /// <summary>Compares what was said with the model that was loaded.</summary>
    /// <exception cref="ProtocolException">They do not agree.</exception>
    public void Check(OnnxModel model)
    {
        Check("input", Input ?? [], model.Inputs);
        Check("output", Output ?? [], model.Outputs);
        if (MaxBatchSize > 1 && !model.Batching.Batches)
        {
            throw new ProtocolException(
                $"config: max_batch_size is {MaxBatchSize}, but requests are computed one by one: {model.Batching.Reason}");
        }

        if (DynamicBatching?.PreferredBatchSize is { Count: > 0 } sizes && sizes.Max() > model.Batching.MaxRows)
        {
            throw new ProtocolException(
                $"config: dynamic_batching.preferred_batch_size has {sizes.Max()}, but a batch has {model.Batching.MaxRows} rows at most; "
                + "max_batch_size sets that");
        }
    }

    private void CheckValues(string modelName)
    {
        RefuseOthers("");
        Require(Name is null or "" || Name == modelName, "name", Name, modelName);
        Require(Platform is null or "" or ModelConfigs.Platform, "platform", Platform, ModelConfigs.Platform);
        Require(Backend is null or "" or ModelConfigs.Backend, "backend", Backend, ModelConfigs.Backend);
        Require(
            DefaultModelFilename is null or "" or ModelDirectory.ModelFile,
            "default_model_filename",
            DefaultModelFilename,
            ModelDirectory.ModelFile);
        Require(MaxBatchSize is null or (>= 0 and <= MaxRows), "max_batch_size", MaxBatchSize, $"0 to {MaxRows}");
        VersionPolicy?.RefuseOthers("version_policy.");
        Require(
            VersionPolicy?.Latest?.NumVersions is null or > 0,
            "version_policy.latest.num_versions",
            VersionPolicy?.Latest?.NumVersions,
            "at least 1");
        foreach (TensorPart tensor in (Input ?? []).Concat(Output ?? []))
        {
            tensor.RefuseOthers($"'{tensor.Name}'.");
        }

        Require(InstanceGroup is null or { Count: <= 1 }, "the number of instance_group", InstanceGroup?.Count, "one");
        Group?.RefuseOthers("instance_group[0].");
        Require(Group?.Count is null or (>= 0 and <= MaxRuns), "instance_group[0].count", Group?.Count, $"0 to {MaxRuns}");
        Require(
            Group?.Kind is null or "" or "KIND_AUTO" or "KIND_CPU" or "KIND_GPU",
            "instance_group[0].kind",
            Group?.Kind,
            "KIND_AUTO, KIND_CPU or KIND_GPU");
        Require(
            Group?.Gpus?.All(gpu => gpu is >= 0 and < MaxRuns) != false,
            "instance_group[0].gpus",
            "not of GPUs by their numbers",
            $"0 to {MaxRuns - 1}");
        DynamicBatching?.RefuseOthers("dynamic_batching.");
        DynamicBatching?.DefaultQueuePolicy?.RefuseOthers("dynamic_batching.default_queue_policy.");
        Require(
            DynamicBatching?.MaxQueueDelayMicroseconds is null or (>= 0 and <= MaxDelayMicroseconds),
            "dynamic_batching.max_queue_delay_microseconds", DynamicBatching?.MaxQueueDelayMicroseconds, $"0 to {MaxDelayMicroseconds}");
        Require(
            DynamicBatching?.PreferredBatchSize?.All(size => size is >= 1 and <= MaxRows) != false,
            "dynamic_batching.preferred_batch_size", "not of sizes", $"1 to {MaxRows}");
        Require(
            DynamicBatching?.DefaultQueuePolicy?.MaxQueueSize is null or >= 0,
            "dynamic_batching.default_queue_policy.max_queue_size", DynamicBatching?.DefaultQueuePolicy?.MaxQueueSize, "0 or more");
    }

    private void Check(string list, IReadOnlyList<TensorPart> given, IReadOnlyList<TensorSpec> specs)
    {
        foreach (TensorPart tensor in given)
        {
            TensorSpec? spec = specs.FirstOrDefault(s => s.Name == tensor.Name);
            Require(spec is not null, $"the name of an {list}", $"'{tensor.Name}'", string.Join(" or ", specs.Select(s => $"'{s.Name}'")));
            string type = ModelConfigs.TypeName(spec!.DataType);
            Require(tensor.DataType is null || tensor.DataType == type, $"data_type of '{spec.Name}'", tensor.DataType, type);
            // Where there are batches their dimension is left out.
            bool whole = MaxBatchSize is null or 0 && tensor.Dims?.SequenceEqual(spec.Shape) == true;
            bool row = MaxBatchSize != 0 && spec.Shape is [-1, .. var rest] && tensor.Dims?.SequenceEqual(rest) == true;
            Require(
                tensor.Dims is null || whole || row,
                $"dims of '{spec.Name}'",
                Shapes.Format(tensor.Dims ?? []),
                Shapes.Format(MaxBatchSize > 0 ? spec.Shape[1..] : spec.Shape));
        }
    }

    private IReadOnlyList<ExecutionProvider> Providers(IReadOnlyList<ExecutionProvider> served)
    {
        IReadOnlyList<ExecutionProvider> providers = Group?.Kind switch
        {
            "KIND_CPU" => [ExecutionProvider.Cpu],
            "KIND_GPU" => [.. served.Where(p => p != ExecutionProvider.Cpu)],
            _ => served,
        };
        if (providers.Count == 0)
        {
            throw new ProtocolException("config: instance_group[0].kind is KIND_GPU, but the server runs with --execution-providers CPU");
        }

        return Group?.Gpus is not { Count: > 0 } || providers.Any(p => p != ExecutionProvider.Cpu) ? providers
            : throw new ProtocolException("config: instance_group[0].gpus names GPUs, but the model is to run on CPUs alone");
    }
}
