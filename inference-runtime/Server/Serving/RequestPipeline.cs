using ModelOperator.Protocol;
using ModelOperator.Server.Statistics;
using ModelOperator.Server.Tracing;

namespace ModelOperator.Server.Serving;

/// <summary>
/// Around every request: counts it, keeps the server from stopping under it, and turns what goes wrong into the protocol's errors.
/// </summary>
internal sealed class RequestPipeline(DrainState drain, HttpStatistics statistics, ILogger<RequestPipeline> logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        PathString path = context.Request.Path;
        bool traffic = path.StartsWithSegments("/v2/models", StringComparison.Ordinal) && HttpMethods.IsPost(context.Request.Method);
        if (!traffic)
        {
            Traces.Leave();
            await AnswerAsync(context, next);
            return;
        }

        drain.Arrived();
        try
        {
            if (drain.Draining)
            {
                // The client's next request shall go elsewhere.
                context.Response.Headers.Connection = "close";
            }

            await AnswerAsync(context, drain.Closed ? TurnAway : next);
        }
        finally
        {
            drain.Left();
            if (Traces.Wanted)
            {
                Traces.Requested(
                    (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "", context.Request.Method,
                    context.Response.StatusCode);
            }

            statistics.Ended(context.Response.HasStarted ? context.Response.StatusCode : HttpStatistics.Gone);
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            if (context.Request.Headers.TransferEncoding is { Count: > 0 } coding
                && !string.Equals(coding, "chunked", StringComparison.OrdinalIgnoreCase))
            {
                // Kestrel takes off the chunks, but what is in them is not the body yet.
                context.Response.Headers.Connection = "close";
                await Responses.ErrorAsync(
                    context, StatusCodes.Status501NotImplemented,
                    $"Transfer-Encoding is '{coding}', expected chunked; say with Content-Encoding that a body is compressed");
                return;
            }

            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null })
            {
                await Responses.ErrorAsync(context, context.Response.StatusCode, Describe(context));
            }
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            (int status, string message) = e switch
            {
                ProtocolException p => (p.StatusCode, p.Message),
                OverloadedException => (StatusCodes.Status503ServiceUnavailable, e.Message),
                BadHttpRequestException b => (b.StatusCode, b.Message),
                _ => (StatusCodes.Status500InternalServerError, "the server failed; its log says why"),
            };
            if (status == StatusCodes.Status500InternalServerError)
            {
                LogMessages.RequestFailed(logger, e, context.Request.Method, context.Request.Path);
            }

            await Responses.ErrorAsync(context, status, message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
        }
    }

    private static Task TurnAway(HttpContext context)
    {
        context.Response.Headers[ModelHeaders.Draining] = "true";
        throw new OverloadedException("the server is stopping");
    }

    private static string Describe(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"there is nothing at {context.Request.Path}",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not for {context.Request.Path}",
        int status => $"status {status}",
    };
}
