using ModelOperator.Grpc;
using ModelOperator.Protocol;
using ModelOperator.Protocol.Grpc;
using ModelOperator.Server.Execution;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary><c>ModelInfer</c></summary>
internal sealed class InferMethod(
    ModelRepository models, InferenceService service, ServeOptions options, ProtocolLimits limits, Admission admission, DrainState drain)
{
    public static readonly AlignmentProbe Probe = ModelInferRequestReader.FirstRawTensor;

    public const string Path = $"/{GrpcServices.Inference}/{Name}";

    private const string Name = "ModelInfer";

    public GrpcMethod Method => Of(null);

    /// <summary>The method for one model, also while clients do not find it yet.</summary>
    public GrpcMethod For(ServedModel model) => Of(model);

    private GrpcMethod Of(ServedModel? known) => new(GrpcServices.Inference, Name, call => InferAsync(call, known)) { MaxDuration = options.RequestTimeout };

    private async ValueTask InferAsync(GrpcCall call, ServedModel? known)
    {
        drain.Arrived();
        try
        {
            using Admission.Entry entry = admission.Enter();
            MessageBuffer message = await call.ReadSingleAsync(entry, Probe);
            using ModelInferRequest request = ModelInferRequestReader.Read(message.Memory, message, limits);
            ServedModel model = known ?? models.Find(request.ModelName, GrpcServices.Version(request.ModelVersion));
            string id = RequestId.Choose(call.HttpContext.Request, request.Infer.Id);
            using InferResult result = await service.InferAsync(model, request.Infer, id, call.CancellationToken);
            using ResponseOutputs outputs = new(model, request.Infer, result);
            RequestId.Tell(call.HttpContext, id);
            await (request.TypedOutputs
                ? call.WriteAsync(TypedResponse.Create(model, request.Infer.Id, outputs))
                : call.WriteAsync(new InferResponseContent(model, request.Infer.Id, outputs)));
        }
        finally
        {
            drain.Left();
        }
    }
}
