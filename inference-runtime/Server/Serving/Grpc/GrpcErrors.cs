using Grpc.Core;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>What goes wrong as statuses of gRPC.</summary>
internal static class GrpcErrors
{
    /// <summary>
    /// Clients take 8 KiB of headers by default, and a character may take nine bytes of them. What they cannot take breaks the call.
    /// </summary>
    private const int MaxMessageLength = 800;

    /// <summary>The status of a failure. One that is a bug is logged, and not told to the client.</summary>
    public static RpcException Translate(Exception e, ServerCallContext call, ILogger logger) => e switch
    {
        RpcException rpc => rpc,
        ProtocolException protocol => Of(StatusOf(protocol.StatusCode), e),
        // Clients may try again: the model has not seen the request.
        OverloadedException => Of(StatusCode.Unavailable, e),
        _ when call.CancellationToken.IsCancellationRequested =>
            new RpcException(new Status(StatusCode.Cancelled, "the client cancelled the call", e)),
        _ => Bug(e, call, logger),
    };

    /// <summary>The server's own limit was reached.</summary>
    public static RpcException TookTooLong(TimeSpan limit, Exception e) =>
        new(new Status(StatusCode.DeadlineExceeded, $"the request took longer than {limit.TotalSeconds} s, the limit", e));

    private static RpcException Of(StatusCode status, Exception e) =>
        new(new Status(status, e.Message.Length <= MaxMessageLength ? e.Message : e.Message[..MaxMessageLength], e));

    private static RpcException Bug(Exception e, ServerCallContext call, ILogger logger)
    {
        LogMessages.RequestFailed(logger, e, HttpMethods.Post, call.Method);
        return new RpcException(new Status(StatusCode.Internal, "the server failed; its log says why", e));
    }

    private static StatusCode StatusOf(int http) => http switch
    {
        StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        StatusCodes.Status404NotFound => StatusCode.NotFound,
        StatusCodes.Status409Conflict => StatusCode.FailedPrecondition,
        StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests => StatusCode.ResourceExhausted,
        StatusCodes.Status501NotImplemented => StatusCode.Unimplemented,
        StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
        StatusCodes.Status504GatewayTimeout => StatusCode.DeadlineExceeded,
        >= StatusCodes.Status500InternalServerError => StatusCode.Internal,
        _ => StatusCode.InvalidArgument,
    };
}
