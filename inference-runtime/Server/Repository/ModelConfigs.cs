using System.Globalization;
using ModelOperator.Protocol;
using ModelOperator.Server.Batching;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository;

/// <summary>How a model is served, in the form of Triton's configuration of models.</summary>
internal static class ModelConfigs
{
    public const string Platform = "onnxruntime_onnx";
    public const string Backend = "onnxruntime";

    public static ModelConfiguration Of(ServedModel served, ModelRepository models)
    {
        OnnxModel model = served.Require();
        // Clients of Triton put a batch dimension before the dims where there are batches.
        bool batches = model.Batching.Batches && model.Inputs.Concat(model.Outputs).All(t => t.Shape is [-1, ..]);
        bool gpu = model.Providers.Any(p => !p.Provider.StartsWith("CPU", StringComparison.OrdinalIgnoreCase));
        return new ModelConfiguration
        {
            Name = served.Name,
            Platform = Platform,
            Backend = Backend,
            VersionPolicy = new VersionPolicy(new SpecificVersions([.. models.Versions(served.Name).Select(m => Number(m.Version))])),
            MaxBatchSize = batches ? model.Batching.MaxRows : 0,
            Input = [.. model.Inputs.Select(t => Tensor(t, batches))],
            Output = [.. model.Outputs.Select(t => Tensor(t, batches))],
            InstanceGroup = [new InstanceGroup(served.Name, gpu ? "KIND_GPU" : "KIND_CPU", model.Instances.Count)],
            DefaultModelFilename = ModelDirectory.ModelFile,
            DynamicBatching = batches ? Dynamic(model.Batching) : null,
        };
    }

    /// <summary>A version given on the command line can be any name, which Triton's configuration has no place for.</summary>
    public static long Number(string version) =>
        long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 1;

    /// <summary>A type's name in Triton's configuration.</summary>
    public static string TypeName(TensorDataType type) => type == TensorDataType.Bytes ? "TYPE_STRING" : $"TYPE_{type.Name()}";

    private static DynamicBatching Dynamic(BatchingPlan plan) => new(
        plan.Preferred, (long)plan.MaxQueueDelay.TotalMicroseconds, PriorityLevels: 0, DefaultPriorityLevel: 0,
        new QueuePolicy(plan.MaxQueueSize));

    private static TensorConfiguration Tensor(TensorSpec spec, bool batches) => new(
        spec.Name,
        TypeName(spec.DataType),
        batches ? spec.Shape[1..] : spec.Shape);
}
