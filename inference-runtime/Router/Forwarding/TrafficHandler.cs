using ModelOperator.Router.Feedback;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Forwarding;

/// <summary>Entry of every request on the traffic port.</summary>
internal sealed class TrafficHandler(
    RouterOptions options, RoutingState state, RouterReadiness readiness, InferenceForwarder forwarder, FeedbackHandler feedback, RouterMetrics metrics,
    ILogger<TrafficHandler> log)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (readiness.Terminating)
        {
            // Clients with open connections would stay on this router until it closes them under a request.
            context.Response.OnStarting(static response => Task.FromResult(((HttpResponse)response).Headers.Connection = "close"), context.Response);
        }

        try
        {
            await RouteAsync(context);
        }
        catch (BadHttpRequestException e)
        {
            await RouterError.WriteAsync(context, e.StatusCode, e.Message);
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
            if (context.Response.HasStarted) context.Abort();
            else await RouterError.WriteAsync(context, StatusCodes.Status500InternalServerError, "the router failed; its log says how");
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        var target = RequestTarget.Of(state.Current, options.Namespace, request.Method, request.Host.Value ?? "", request.Path.Value ?? "");
        if (target.Model is { } model)
        {
            return target.Kind == RequestKind.Feedback ? feedback.HandleAsync(context, model) : forwarder.ForwardAsync(context, model, target.Kind);
        }

        metrics.Request("", "", StatusCodes.Status404NotFound);
        return RouterError.WriteAsync(context, StatusCodes.Status404NotFound, target.Asked is { } asked
            ? $"model '{RouterError.Shown(asked)}' is unknown here"
            : "no model is named: send the request to the model's own address, or to /v2/models/NAME/infer");
    }
}
