using ModelOperator.Grpc;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>The protocol's errors as statuses of gRPC.</summary>
internal static class GrpcErrors
{
    /// <summary>Null for an exception that is a bug.</summary>
    public static RpcException? Translate(Exception e) => e switch
    {
        RpcException rpc => rpc,
        ProtocolException protocol => new RpcException(StatusOf(protocol.StatusCode), protocol.Message, protocol),
        // Clients may try again: the model has not seen the request.
        OverloadedException => new RpcException(StatusCode.Unavailable, e.Message, e),
        _ => null,
    };

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
