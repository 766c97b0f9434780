using Google.Protobuf;
using Grpc.Core;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>Adds methods whose messages are of Google.Protobuf.</summary>
internal static class ServiceMethods
{
    public static void AddUnary<TRequest, TResponse>(
        this ServerServiceDefinition.Builder service, string name, MessageParser<TRequest> request, MessageParser<TResponse> response,
        Func<TRequest, CancellationToken, Task<TResponse>> answer, ILogger logger)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        Method<TRequest, TResponse> method =
            new(MethodType.Unary, GrpcServices.Inference, name, MessageMarshallers.Of(request), MessageMarshallers.Of(response));
        service.AddMethod(method, async (message, call) =>
        {
            try
            {
                return await answer(message, call.CancellationToken);
            }
            catch (Exception e)
            {
                throw GrpcErrors.Translate(e, call, logger);
            }
        });
    }
}
