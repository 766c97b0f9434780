using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using ModelOperator.Protocol;
using ModelOperator.Protocol.Grpc;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary><c>ModelInfer</c></summary>
internal sealed class InferMethod(ModelRepository models, InferenceService service, ProtocolLimits limits, ILogger<InferMethod> logger)
{
    public const string Path = $"/{GrpcServices.Inference}/{Name}";

    private const string Name = "ModelInfer";

    public static Method<MessageBuffer, IMessageContent> Method { get; } =
        new(MethodType.Unary, GrpcServices.Inference, Name, MessageMarshallers.Request, MessageMarshallers.Response);

    public async Task<IMessageContent> ServeAsync(MessageBuffer message, ServerCallContext call)
    {
        HttpContext context = call.GetHttpContext();
        Inference inference = context.Features.GetRequiredFeature<Inference>();
        CallDeadline deadline = inference.Deadline!;
        try
        {
            // The client's own deadline ends the call, too.
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, call.CancellationToken);
            inference.Read(message, limits);
            string id = RequestId.Choose(context.Request, inference.Request!.Infer.Id);
            await ComputeAsync(inference, id, either.Token);
            RequestId.Tell(context, id);
            IMessageContent answer = Answer(inference);
            if (answer.Size >= ResponseCompression.MinBytes && ResponseCompression.Of(context.Request.Headers) is { } encoding)
            {
                await ResponseCompression.BeginAsync(call, encoding);
            }

            return answer;
        }
        catch (OperationCanceledException e) when (deadline.Expired)
        {
            throw GrpcErrors.TookTooLong(deadline.Timeout, e);
        }
        catch (Exception e)
        {
            throw GrpcErrors.Translate(e, call, logger);
        }
    }

    /// <summary>Asks the model.</summary>
    public async ValueTask ComputeAsync(Inference inference, string id, CancellationToken cancellationToken)
    {
        ModelInferRequest request = inference.Request!;
        inference.Model = inference.Known ?? models.Find(request.ModelName, GrpcServices.Version(request.ModelVersion));
        inference.Result = await service.InferAsync(inference.Model, request.Infer, id, cancellationToken);
        inference.Outputs = new ResponseOutputs(inference.Model, request.Infer, inference.Result);
    }

    private static IMessageContent Answer(Inference inference)
    {
        ModelInferRequest request = inference.Request!;
        return request.TypedOutputs
            ? new ProtobufContent(TypedResponse.Create(inference.Model!, request.Infer.Id, inference.Outputs!))
            : new InferResponseContent(inference.Model!, request.Infer.Id, inference.Outputs!);
    }
}
