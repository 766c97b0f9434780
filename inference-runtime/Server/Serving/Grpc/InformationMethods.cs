using Google.Protobuf;
using Grpc.Core;
using ModelOperator.GrpcMessages;
using ModelOperator.Protocol;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Statistics;
using Messages = ModelOperator.GrpcMessages;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>What the server and its models are, and how they do.</summary>
internal sealed class InformationMethods(ModelRepository models, ServerHealth health, ILogger<InformationMethods> logger)
{
    public void AddTo(ServerServiceDefinition.Builder service)
    {
        Add(service, "ServerLive", ServerLiveRequest.Parser, ServerLiveResponse.Parser, _ => new ServerLiveResponse { Live = health.Live });
        Add(
            service,
            "ServerReady",
            ServerReadyRequest.Parser,
            ServerReadyResponse.Parser,
            _ => new ServerReadyResponse { Ready = health.Ready });
        Add(service, "ModelReady", ModelReadyRequest.Parser, ModelReadyResponse.Parser, r => new ModelReadyResponse { Ready = IsReady(r) });
        Add(service, "ServerMetadata", ServerMetadataRequest.Parser, ServerMetadataResponse.Parser, _ => ServerMetadata());
        Add(
            service,
            "ModelMetadata",
            ModelMetadataRequest.Parser,
            ModelMetadataResponse.Parser,
            r => ModelMetadata(Find(r.Name, r.Version)));
        Add(service, "ModelConfig", ModelConfigRequest.Parser, ModelConfigResponse.Parser, ModelConfig);
        Add(service, "ModelStatistics", ModelStatisticsRequest.Parser, ModelStatisticsResponse.Parser, ModelStatistics);
    }

    private void Add<TRequest, TResponse>(
        ServerServiceDefinition.Builder service, string name, MessageParser<TRequest> request,
        MessageParser<TResponse> response, Func<TRequest, TResponse> answer)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        service.AddUnary(name, request, response, (message, _) => Task.FromResult(answer(message)), logger);

    private static ServerMetadataResponse ServerMetadata() => new()
    {
        Name = MetadataEndpoints.Metadata.Name,
        Version = MetadataEndpoints.Metadata.Version,
        Extensions = { MetadataEndpoints.Metadata.Extensions },
    };

    /// <summary>What is not there is not ready: clients ask while they wait for it to be loaded.</summary>
    private bool IsReady(ModelReadyRequest request)
    {
        // Without a version the newest, which comes first.
        ServedModel? model = models.Versions(request.Name).FirstOrDefault(v => request.Version.Length == 0 || v.Version == request.Version);
        return model is not null && health.IsReady(model);
    }

    private ServedModel Find(string name, string version) => models.Find(name, GrpcServices.Version(version));

    private ModelMetadataResponse ModelMetadata(ServedModel model)
    {
        OnnxModel loaded = model.Require();
        return new ModelMetadataResponse
        {
            Name = model.Name,
            Versions = { models.Versions(model.Name).Select(m => m.Version) },
            Platform = ModelConfigs.Platform,
            Inputs = { loaded.Inputs.Select(Tensor) },
            Outputs = { loaded.Outputs.Select(Tensor) },
        };
    }

    private static ModelMetadataResponse.Types.TensorMetadata Tensor(TensorSpec spec) =>
        new() { Name = spec.Name, Datatype = spec.DataType.Name(), Shape = { spec.Shape } };

    private ModelConfigResponse ModelConfig(ModelConfigRequest request) =>
        new() { Config = ModelConfigMessage.Of(ModelConfigs.Of(Find(request.Name, request.Version), models)) };

    private ModelStatisticsResponse ModelStatistics(ModelStatisticsRequest request)
    {
        IEnumerable<ServedModel> asked = request.Name.Length == 0 ? models.All
            : request.Version.Length == 0 ? models.Versions(Find(request.Name, "").Name)
            : [Find(request.Name, request.Version)];
        return new ModelStatisticsResponse { ModelStats = { asked.Select(StatisticsOf) } };
    }

    private static Messages.ModelStatistics StatisticsOf(ServedModel model)
    {
        StatisticsSnapshot read = model.Statistics.Read();
        return new Messages.ModelStatistics
        {
            Name = model.Name,
            Version = model.Version,
            LastInference = (ulong)read.LastInferenceMilliseconds,
            InferenceCount = (ulong)read.InferenceCount,
            ExecutionCount = (ulong)read.ExecutionCount,
            InferenceStats = new InferStatistics
            {
                Success = Duration(read.Success),
                Fail = Duration(read.Fail),
                Queue = Duration(read.Queue),
                ComputeInput = Duration(read.ComputeInput),
                ComputeInfer = Duration(read.ComputeInfer),
                ComputeOutput = Duration(read.ComputeOutput),
            },
            BatchStats = { read.Batches.Select(Batch) },
        };
    }

    private static InferBatchStatistics Batch(BatchSnapshot batch) => new()
    {
        BatchSize = (ulong)batch.BatchSize,
        ComputeInput = Duration(batch.ComputeInput),
        ComputeInfer = Duration(batch.ComputeInfer),
        ComputeOutput = Duration(batch.ComputeOutput),
    };

    private static StatisticDuration Duration(DurationTotal total) => new() { Count = (ulong)total.Count, Ns = (ulong)total.Nanoseconds };
}
