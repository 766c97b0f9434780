using ModelOperator.Server.Models;
using ModelOperator.Server.Tracing;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>Around every call: limits what its messages take, and keeps what they are made into until they are answered.</summary>
internal sealed class GrpcPipeline(Admission admission, DrainState drain, ServeOptions options, IHostApplicationLifetime lifetime)
{
    public const string ContentType = "application/grpc";

    /// <summary>Whether a request is a call. HTTP/1.1 cannot carry one.</summary>
    public static bool IsCall(HttpRequest request) =>
        HttpProtocol.IsHttp2(request.Protocol) && request.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) == true;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string? path = context.Request.Path.Value;
        if (path == InferMethod.Path)
        {
            return InferAsync(context, next, null);
        }

        if (path != StreamInferMethod.Path)
        {
            Traces.Leave();
        }

        return ServeAsync(context, next);
    }

    /// <param name="context">A call of <see cref="InferMethod"/>.</param>
    /// <param name="next">Serves it.</param>
    /// <param name="known">The model to ask, also while clients do not find it yet; null for the one that the request names.</param>
    public async Task InferAsync(HttpContext context, RequestDelegate next, ServedModel? known)
    {
        using CallDeadline deadline = new(options.RequestTimeout, context.RequestAborted);
        // The library writes the answer after the method has returned it.
        using Inference inference = new(admission, drain) { Known = known, Deadline = deadline };
        context.Features.Set(inference);
        CallBody.Insert(context, options.MaxBodyBytes).Arriving = inference;
        await next(context);
    }

    private async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        CallBody body = CallBody.Insert(context, options.MaxBodyBytes);
        // The server waits for calls to end when it stops, and an idle stream would not end by itself.
        using CancellationTokenRegistration stopping = body.StopOn(lifetime.ApplicationStopping);
        await next(context);
    }
}
