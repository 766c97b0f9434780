using Google.Protobuf;

namespace ModelOperator.Grpc;

/// <summary>Methods that take one message.</summary>
public static class UnaryMethod
{
    /// <summary>A method that answers one message with one.</summary>
    public static GrpcMethod Create<TRequest, TResponse>(
        string service, string name, MessageParser<TRequest> parser, Func<TRequest, GrpcCall, ValueTask<TResponse>> handler)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => new(service, name, async call =>
        {
            TRequest request = await ReadAsync(call, parser);
            await call.WriteAsync(await handler(request, call));
        });

    /// <summary>A method that answers one message with many.</summary>
    public static GrpcMethod CreateServerStreaming<TRequest>(
        string service, string name, MessageParser<TRequest> parser, Func<TRequest, GrpcCall, ValueTask> handler)
        where TRequest : IMessage<TRequest> => new(service, name, async call => await handler(await ReadAsync(call, parser), call))
        {
            ServerStreams = true,
        };

    private static async ValueTask<TRequest> ReadAsync<TRequest>(GrpcCall call, MessageParser<TRequest> parser)
        where TRequest : IMessage<TRequest>
    {
        using MessageBuffer message = await call.ReadSingleAsync();
        return GrpcCall.Parse(message, parser);
    }
}
