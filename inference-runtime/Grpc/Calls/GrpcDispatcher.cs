using System.Collections.Frozen;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace ModelOperator.Grpc;

/// <summary>Serves calls among the requests of a server.</summary>
/// <param name="methods">What can be called.</param>
/// <param name="limits">What a call may take.</param>
/// <param name="translate">Turns exceptions of handlers into statuses; null for those that are bugs.</param>
/// <param name="time">For deadlines.</param>
/// <param name="logger">Told of bugs only: what a client does wrong is its own to know.</param>
public sealed class GrpcDispatcher(
    IEnumerable<GrpcMethod> methods, GrpcLimits limits, Func<Exception, RpcException?> translate, TimeProvider time, ILogger<GrpcDispatcher> logger)
{
    private readonly FrozenDictionary<string, GrpcMethod> _methods = methods.ToFrozenDictionary(m => m.Path, StringComparer.Ordinal);

    /// <summary>The method that a request calls; null when the request is not gRPC's business.</summary>
    public GrpcMethod? Find(HttpContext context) =>
        HttpProtocol.IsHttp2(context.Request.Protocol)
        && (_methods.TryGetValue(context.Request.Path.Value ?? "", out GrpcMethod? method) || ContentType.IsGrpc(context.Request.ContentType))
            ? method ?? Unknown(context.Request.Path)
            : null;

    /// <summary>Serves a call of a method that <see cref="Find"/> found; gives its status.</summary>
    public async Task<StatusCode> InvokeAsync(HttpContext context, GrpcMethod method)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !ContentType.IsGrpc(context.Request.ContentType))
        {
            // No trailers for who does not speak gRPC.
            context.Response.StatusCode = HttpMethods.IsPost(context.Request.Method)
                ? StatusCodes.Status415UnsupportedMediaType
                : StatusCodes.Status405MethodNotAllowed;
            return StatusCode.Internal;
        }

        context.Response.ContentType = ContentType.Grpc;
        LiftLimits(context, method);
        bool broken = false;
        RpcException failure;
        try
        {
            using GrpcCall call = new(context, method, limits, time);
            try
            {
                // A deadline may have passed on the way here.
                call.CancellationToken.ThrowIfCancellationRequested();
                await method.InvokeAsync(call);
                CallStatus.Succeed(context);
                return StatusCode.Ok;
            }
            catch (Exception e)
            {
                broken = call.Broken;
                failure = Translate(e, call, method);
            }
        }
        catch (RpcException e)
        {
            // Its headers were wrong.
            failure = e;
        }

        CallStatus.Fail(context, failure, broken);
        return failure.Status;
    }

    private static GrpcMethod Unknown(PathString path)
    {
        string name = path.Value ?? "";
        return new GrpcMethod("", "", _ => throw new RpcException(StatusCode.Unimplemented, $"there is no method '{name}'"));
    }

    private static void LiftLimits(HttpContext context, GrpcMethod method)
    {
        // Messages have a limit of their own, and a stream has no end.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (method.ClientStreams && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private RpcException Translate(Exception e, GrpcCall call, GrpcMethod method)
    {
        bool gone = call.HttpContext.RequestAborted.IsCancellationRequested;
        switch (e)
        {
            case RpcException status:
                return status;
            case OperationCanceledException when call.TimeIsUp:
                return new RpcException(StatusCode.DeadlineExceeded, call.EndMessage, e);
            case OperationCanceledException or IOException or ConnectionAbortedException when gone:
                return new RpcException(StatusCode.Cancelled, "the client cancelled the call", e);
            case BadHttpRequestException bad:
                return new RpcException(StatusCode.Cancelled, bad.Message, e);
        }

        if (translate(e) is { } known)
        {
            return known;
        }

        GrpcLogMessages.CallFailed(logger, e, method.Path);
        return new RpcException(StatusCode.Internal, "the server failed; its log says why", e);
    }
}
