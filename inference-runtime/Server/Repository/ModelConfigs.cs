using System.Globalization;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Repository;

/// <summary>How a model is served, in the form of Triton's configuration of models.</summary>
internal static class ModelConfigs
{
    public const string Platform = "onnxruntime_onnx";

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
            Backend = "onnxruntime",
            VersionPolicy = new VersionPolicy(new SpecificVersions([.. models.Versions(served.Name).Select(Number)])),
            MaxBatchSize = batches ? model.Batching.MaxRows : 0,
            Input = [.. model.Inputs.Select(t => Tensor(t, batches))],
            Output = [.. model.Outputs.Select(t => Tensor(t, batches))],
            InstanceGroup = [new InstanceGroup(served.Name, gpu ? "KIND_GPU" : "KIND_CPU", model.Instances.Count)],
            DefaultModelFilename = ModelDirectory.ModelFile,
            DynamicBatching = batches ? new DynamicBatching(model.Batching.Preferred, (long)model.Batching.MaxQueueDelay.TotalMicroseconds) : null,
        };
    }

    private static TensorConfiguration Tensor(TensorSpec spec, bool batches) => new(
        spec.Name,
        spec.DataType == TensorDataType.Bytes ? "TYPE_STRING" : $"TYPE_{spec.DataType.Name()}",
        batches ? spec.Shape[1..] : spec.Shape);

    // A version given on the command line can be any name, which Triton's configuration has no place for.
    private static long Number(ServedModel model) => long.TryParse(model.Version, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 1;
}
