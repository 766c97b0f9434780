using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ModelOperator.Router.Feedback;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Forwarding;

/// <summary>Entry of every request on the traffic port.</summary>
internal sealed class TrafficHandler(
    RouterOptions options, RoutingState state, RouterReadiness readiness, InferenceForwarder forwarder, FeedbackHandler feedback,
    RouterMetrics metrics, TimeProvider timeProvider, ILogger<TrafficHandler> log)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (readiness.Terminating)
        {
            // Clients with open connections would stay on this router until it closes them under a request. While there is no other they
            // shall stay.
            context.Response.OnStarting(CloseAsync, context.Response);
        }

        try
        {
            await RouteAsync(context);
        }
        catch (BadHttpRequestException e)
        {
            await RouterError.WriteAsync(context, e.StatusCode, Explained(context, e));
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // Nobody is left to answer.
            context.Abort();
        }
#pragma warning disable CA1031 // The client is owed the protocol's error body, whatever went wrong.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogMessages.UnexpectedFailure(log, e);
            if (context.Response.HasStarted)
            {
                context.Abort();
            }
            else
            {
                await RouterError.WriteAsync(context, StatusCodes.Status500InternalServerError, "the router failed; its log says how");
            }
        }
    }

    private Task CloseAsync(object response)
    {
        if (!readiness.IsLast)
        {
            ((HttpResponse)response).Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }

    private Task RouteAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path.Value ?? "";
        var target = RequestTarget.Of(state.Current, options.Namespace, request.Host.Value ?? "", path);
        if (target.Model is not { } model)
        {
            return RefuseAsync(context, "", StatusCodes.Status404NotFound, target.Asked is { } asked
                ? $"model '{RouterError.Shown(asked)}' is unknown here"
                : "no model is named: send the request to the model's own address, or to /v2/models/NAME/infer");
        }

        if (readiness.Terminating)
        {
            readiness.Requested(timeProvider);
        }

        RequestKind kind = target.Path.Kind;
        if (kind == RequestKind.NotServed)
        {
            return RefuseAsync(context, model.Name, StatusCodes.Status404NotFound, $"path '{RouterError.Shown(path)}' is not served here");
        }

        if (!target.Path.Takes(request.Method))
        {
            string allowed = kind == RequestKind.Read ? "GET, HEAD" : "POST";
            metrics.Request(model.Name, "", StatusCodes.Status405MethodNotAllowed);
            return RouterError.WriteAsync(
                context, StatusCodes.Status405MethodNotAllowed,
                $"path '{RouterError.Shown(path)}' does not take method {RouterError.Shown(request.Method)}, want {allowed}",
                HeaderNames.Allow, allowed);
        }

        Limit(context, model);
        return kind == RequestKind.Feedback ? feedback.HandleAsync(context, model) : forwarder.ForwardAsync(context, model, kind);
    }

    // The server's own limit is one for all models: each has its own, which its pods have too.
    private static void Limit(HttpContext context, ModelRoute model)
    {
        IHttpMaxRequestBodySizeFeature body = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        long limit = model.MaxRequestMebibytes * 1024L * 1024;
        context.Features.Set(model);
        if (context.Request.ContentLength > limit)
        {
            // Without a limit the server reads on for some seconds and throws away what it reads: a connection closed on a client that is
            // still sending would take the answer with it.
            body.MaxRequestBodySize = null;
            throw new BadHttpRequestException("the body is too large", StatusCodes.Status413PayloadTooLarge);
        }

        body.MaxRequestBodySize = limit;
    }

    /// <summary>What is wrong with a request that could not be read.</summary>
    internal static string Explained(HttpContext context, BadHttpRequestException e) =>
        e.StatusCode == StatusCodes.Status413PayloadTooLarge && context.Features.Get<ModelRoute>() is { } model
            ? $"the body is larger than {model.MaxRequestMebibytes} MiB, the limit: "
                + $"spec.runtime.maxRequestMebibytes of ModelDeployment '{model.Name}'"
            : e.Message;

    private Task RefuseAsync(HttpContext context, string model, int status, string message)
    {
        metrics.Request(model, "", status);
        return RouterError.WriteAsync(context, status, message);
    }
}
