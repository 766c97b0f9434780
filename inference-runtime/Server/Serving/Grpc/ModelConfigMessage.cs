using ModelOperator.GrpcMessages;
using ModelOperator.Protocol;
using Groups = ModelOperator.GrpcMessages.ModelInstanceGroup.Types;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>A model's configuration as <c>inference.ModelConfig</c>.</summary>
internal static class ModelConfigMessage
{
    public static ModelConfig Of(ModelConfiguration configuration) => new()
    {
        Name = configuration.Name,
        Platform = configuration.Platform,
        Backend = configuration.Backend,
        VersionPolicy = new ModelVersionPolicy
        {
            Specific = new ModelVersionPolicy.Types.Specific { Versions = { configuration.VersionPolicy.Specific.Versions } },
        },
        MaxBatchSize = configuration.MaxBatchSize,
        Input = { configuration.Input.Select(t => new ModelInput { Name = t.Name, DataType = DataTypeOf(t), Dims = { t.Dims } }) },
        Output = { configuration.Output.Select(t => new ModelOutput { Name = t.Name, DataType = DataTypeOf(t), Dims = { t.Dims } }) },
        InstanceGroup =
            { configuration.InstanceGroup.Select(g => new ModelInstanceGroup { Name = g.Name, Kind = KindOf(g), Count = g.Count }) },
        DefaultModelFilename = configuration.DefaultModelFilename,
        DynamicBatching = configuration.DynamicBatching is { } batching
            ? new ModelDynamicBatching
            {
                PreferredBatchSize = { batching.PreferredBatchSize },
                MaxQueueDelayMicroseconds = (ulong)batching.MaxQueueDelayMicroseconds,
                PriorityLevels = batching.PriorityLevels,
                DefaultPriorityLevel = batching.DefaultPriorityLevel,
                DefaultQueuePolicy = new ModelQueuePolicy { MaxQueueSize = (uint)batching.DefaultQueuePolicy.MaxQueueSize },
            }
            : null,
    };

    // TYPE_FP32 is generated as TypeFp32, and KIND_GPU of Kind as Gpu.
    private static DataType DataTypeOf(TensorConfiguration tensor) =>
        Enum.Parse<DataType>(tensor.DataType.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    private static Groups.Kind KindOf(InstanceGroup group) => Enum.Parse<Groups.Kind>(group.Kind["KIND_".Length..], ignoreCase: true);
}
