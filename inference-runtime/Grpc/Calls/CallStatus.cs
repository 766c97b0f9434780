using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ModelOperator.Grpc;

/// <summary>Tells clients how calls ended.</summary>
internal static class CallStatus
{
    public static void Succeed(HttpContext context) => Trailers(context).GrpcStatus = "0";

    /// <param name="context">Of the call.</param>
    /// <param name="failure">Why it failed.</param>
    /// <param name="broken">Whether a message was sent in part.</param>
    public static void Fail(HttpContext context, RpcException failure, bool broken)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (broken)
        {
            // A status after half a message would not be seen as one.
            context.Abort();
            return;
        }

        // A call that has sent nothing yet is answered by headers alone.
        IHeaderDictionary target = context.Response.HasStarted ? Trailers(context) : context.Response.Headers;
        target.GrpcStatus = ((int)failure.Status).ToString(CultureInfo.InvariantCulture);
        target.GrpcMessage = StatusMessage.Encode(failure.Message);
        if (!context.Response.HasStarted && failure.Status == StatusCode.Unimplemented)
        {
            context.Response.Headers.GrpcAcceptEncoding = MessageEncodings.All;
        }
    }

    private static IHeaderDictionary Trailers(HttpContext context) => context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
}
