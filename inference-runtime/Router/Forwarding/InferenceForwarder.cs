using System.Globalization;
using ModelOperator.Kubernetes.Http;
using ModelOperator.Protocol;
using ModelOperator.Router.Feedback;
using ModelOperator.Router.Recording;
using ModelOperator.Router.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace ModelOperator.Router.Forwarding;

/// <summary>
/// Forwards one request to a pod of the revision drawn and counts how it ended. What did not reach a model (no connection,
/// a draining server) goes to another pod: of the same revision first, which keeps the shares exact, then of another.
/// </summary>
internal sealed class InferenceForwarder(
    RouterOptions options, RoutingState state, IHttpForwarder forwarder, HttpMessageInvoker transport,
    PredictionIds ids, EvidenceRecorder evidence, ClientIdMap clientIds, RouterMetrics metrics, BufferBudget budget,
    TimeProvider timeProvider, ILogger<InferenceForwarder> log)
{
    private const int ClientClosedRequest = 499;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    private readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = options.ActivityTimeout,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task ForwardAsync(HttpContext context, ModelRoute route, RequestKind kind)
    {
        string? pinned = context.Request.Headers[ModelHeaders.Revision];
        if (string.IsNullOrEmpty(pinned))
        {
            pinned = null;
        }

        if (pinned is not null && !route.Revisions.ContainsKey(pinned))
        {
            await AnswerAsync(context, route.Name, StatusCodes.Status404NotFound,
                $"header {ModelHeaders.Revision}: model '{route.Name}' has no revision '{RouterError.Shown(pinned)}'");
            return;
        }

        string? headerId = context.Request.Headers[ModelHeaders.RequestId];
        if (!string.IsNullOrEmpty(headerId) && !RequestIds.FitsHeader(headerId))
        {
            await AnswerAsync(context, route.Name, StatusCodes.Status400BadRequest,
                $"header {ModelHeaders.RequestId}: must be one value of 1 to {RequestIds.MaxLength} visible ASCII characters");
            return;
        }

        using RequestBody body = await RequestBody.ReadAsync(context, options.ReplayableBodyBytes, budget, context.RequestAborted);
        string? requestId = string.IsNullOrEmpty(headerId) ? null : headerId;
        string? alias = kind == RequestKind.Infer && route.Feedback.TakesClientIds && pinned is null
            ? Alias(context.Request, body, requestId)
            : null;

        // An id that a router made is one answer's: under it there is no second prediction.
        if (alias is not null && ids.Read(route.Name, alias) is not null)
        {
            alias = null;
        }

        await TryPodsAsync(new Forwarding(context, route.Name, kind, pinned, requestId, alias, body), pinned ?? Drawn(route, kind));
    }

    private string? Drawn(ModelRoute route, RequestKind kind)
    {
        // The body may have been long on its way, and the table another by now.
        WeightedDraw draw = (state.Current.Find(route.Name) ?? route).Draw;
        if (kind != RequestKind.Infer) return draw.NextOutsideBlocks([]);
        string? revision = draw.Next();
        if (draw.IsWhole && revision is not null) evidence.Model(route.Name).RecordDrawn(revision);
        return revision;
    }

    private async Task TryPodsAsync(Forwarding request, string? drawn)
    {
        long started = timeProvider.GetTimestamp();
        List<PodEndpoint> tried = [];
        while (true)
        {
            Task changed = state.Changed;
            PodEndpoint? pod = state.Current.Find(request.Model) is { } route ? Choose(route, request.Pinned, drawn, tried) : null;
            if (pod is not null)
            {
                // A revision that a client asks for, or that stands in for another, gets no random sample of the requests.
                bool isDrawn = request.Pinned is null && pod.Revision == drawn;
                bool reached = await AttemptAsync(request, pod, isDrawn);
                if (reached)
                {
                    return;
                }

                metrics.Retry(request.Model, pod.Revision);
                tried.Add(pod);
                if (request.Body.CanSend)
                {
                    continue;
                }
            }

            // Pods come and go within moments: a request that has reached no model yet waits for them, not for its client's retry.
            TimeSpan left = options.UnreachedTimeout - timeProvider.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !request.Body.CanSend)
            {
                await AnswerAsync(
                    request.Context,
                    request.Model,
                    StatusCodes.Status503ServiceUnavailable,
                    Unavailable(request, tried),
                    retryAfterSeconds: 1);
                return;
            }

            await WaitForPodsAsync(changed, tried.Count > 0 && left > RetryPause ? RetryPause : left, request.Context.RequestAborted);
            tried.Clear();
        }
    }

    private PodEndpoint? Choose(ModelRoute route, string? pinned, string? drawn, List<PodEndpoint> tried)
    {
        if (pinned is not null)
        {
            return ChooseOf(route, pinned, tried);
        }

        HashSet<string> without = [];
        string? revision = drawn is not null && route.Draw.Weights.Any(w => w.Revision == drawn)
            ? drawn
            : route.Draw.NextOutsideBlocks(without);
        while (revision is not null)
        {
            if (ChooseOf(route, revision, tried) is { } pod)
            {
                return pod;
            }

            without.Add(revision);
            revision = route.Draw.NextOutsideBlocks(without);
        }

        return null;
    }

    private PodEndpoint? ChooseOf(ModelRoute route, string revision, List<PodEndpoint> tried) =>
        route.Revisions.TryGetValue(revision, out RevisionRoute? pods)
            ? PodChooser.Choose(pods.Ready, tried, timeProvider, takesEjected: !pods.IsEnding)
            : null;

    /// <param name="request">The request.</param>
    /// <param name="pod">Who is to answer.</param>
    /// <param name="isDrawn">Whether chance alone chose the pod's revision: only then is the answer evidence.</param>
    /// <returns>False when no model has seen the request.</returns>
    private async Task<bool> AttemptAsync(Forwarding request, PodEndpoint pod, bool isDrawn)
    {
        HttpContext context = request.Context;
        bool isInfer = request.Kind == RequestKind.Infer;
        string? alias = isDrawn ? request.Alias : null;
        string? predictionId = isInfer ? alias ?? ids.Make(request.Model, pod, isDrawn) : null;
        ModelRecorder? recorder = isInfer && isDrawn ? evidence.Model(request.Model) : null;
        Action<HttpContext, int>? answered = recorder is null
            ? null
            : (c, predictions) => Answered(c, predictions, request.Model, alias, pod, recorder);
        var attempt = new ForwardAttempt(pod, predictionId, request.RequestId, answered);
        context.Request.Body = request.Body.Open();

        bool isWarmUp = isInfer && pod.WarmUp.Takes(timeProvider);
        pod.Enter();
        long started = timeProvider.GetTimestamp();
        ForwarderError error;
        try
        {
            error = await forwarder.SendAsync(context, pod.BaseAddress, transport, _config, attempt, context.RequestAborted);
        }
        finally
        {
            pod.Leave();
        }

        TimeSpan duration = timeProvider.GetElapsedTime(started);
        Exception? exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        bool refused = error == ForwarderError.Request && HttpCaller.NeverLeft(exception);
        if ((refused || attempt.WasDraining) && !context.Response.HasStarted)
        {
            LogMessages.PodUnreached(log, pod.Name, pod.Address, attempt.WasDraining ? "draining" : exception?.Message ?? "");
            pod.Eject(timeProvider);
            metrics.Ejection(request.Model, pod.Revision);
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.Clear();
            return false;
        }

        pod.Recovered();
        await CompleteAsync(request, pod, error, exception, duration, recorder, isWarmUp);
        return true;
    }

    private async Task CompleteAsync(
        Forwarding request, PodEndpoint pod, ForwarderError error, Exception? exception, TimeSpan duration,
        ModelRecorder? recorder, bool isWarmUp)
    {
        HttpContext context = request.Context;
        if (error != ForwarderError.None && (context.RequestAborted.IsCancellationRequested || IsOfClient(error)))
        {
            metrics.Request(request.Model, pod.Revision, ClientClosedRequest);

            // A request that its client did not finish sending says nothing of the model.
            if (!isWarmUp && error != ForwarderError.RequestBodyClient)
            {
                recorder?.RecordAbandoned(pod.Revision, duration);
            }

            if (BadRequest(exception) is { } bad)
            {
                await RouterError.WriteAsync(context, bad.StatusCode, TrafficHandler.Explained(context, bad));
            }

            return;
        }

        int status = context.Response.StatusCode;
        metrics.Request(request.Model, pod.Revision, status);
        if (request.Kind == RequestKind.Infer)
        {
            metrics.Duration(request.Model, pod.Revision, duration);
        }

        if (recorder is not null)
        {
            Record(recorder, pod.Revision, error, status, duration, isWarmUp);
        }

        if (error == ForwarderError.None)
        {
            return;
        }

        LogMessages.ForwardingFailed(log, request.Model, pod.Revision, pod.Name, error.ToString(), exception?.Message ?? "");
        context.Response.Headers[ModelHeaders.Revision] = pod.Revision;
        await RouterError.WriteAsync(context, status, error == ForwarderError.RequestTimedOut
            ? $"model '{request.Model}' did not answer within {options.ActivityTimeout.TotalSeconds} s"
            : $"model '{request.Model}' broke off before it had answered");
    }

    private static void Record(ModelRecorder recorder, string revision, ForwarderError error, int status, TimeSpan duration, bool isWarmUp)
    {
        if (isWarmUp)
        {
            recorder.RecordWarmUp(revision);
            return;
        }

        RequestOutcome outcome = error == ForwarderError.RequestTimedOut ? RequestOutcome.TimedOut
            : error != ForwarderError.None || status >= 500 ? RequestOutcome.Error
            : status >= 400 ? RequestOutcome.Rejection
            : RequestOutcome.Success;
        recorder.RecordRequest(revision, outcome, duration);
    }

    private void Answered(HttpContext context, int predictions, string model, string? clientId, PodEndpoint pod, ModelRecorder recorder)
    {
        if (context.Response.StatusCode >= 300)
        {
            return;
        }

        recorder.RecordPredictions(pod.Revision, predictions);
        if (clientId is not null)
        {
            clientIds.Remember(model, clientId, pod.Revision, pod.Name);
        }
    }

    private async Task AnswerAsync(HttpContext context, string model, int status, string message, int? retryAfterSeconds = null)
    {
        metrics.Request(model, "", status);
        await RouterError.WriteAsync(context, status, message, retryAfterSeconds);
    }

    private async Task WaitForPodsAsync(Task changed, TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(longest, timeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
        }
    }

    private static string Unavailable(Forwarding request, List<PodEndpoint> tried)
    {
        string which = request.Pinned is null ? $"model '{request.Model}'" : $"revision '{request.Pinned}' of model '{request.Model}'";
        return tried.Count == 0 ? $"{which} has no ready pod" : $"no ready pod of {which} could be reached";
    }

    /// <summary>
    /// The client's own id that feedback may name, where the model asks for that: the body's, which the model server echoes, else the
    /// header's.
    /// </summary>
    private static string? Alias(HttpRequest request, RequestBody body, string? requestId)
    {
        string? id = IdInBody(request, body);
        return id is not null && RequestIds.FitsHeader(id) ? id : requestId;
    }

    private static string? IdInBody(HttpRequest request, RequestBody body)
    {
        ReadOnlySpan<byte> json = body.Beginning;
        bool complete = body.IsComplete;
        string? header = request.Headers[ModelHeaders.InferenceHeaderLength];
        if (int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int jsonLength) && jsonLength <= json.Length)
        {
            json = json[..jsonLength];
            complete = true;
        }

        return BodyId.Find(json, complete);
    }

    /// <summary>What was wrong with the request; the pod's own failure, which follows from it, may be beside it.</summary>
    private static BadHttpRequestException? BadRequest(Exception? exception) => exception switch
    {
        BadHttpRequestException bad => bad,
        AggregateException several => several.InnerExceptions.Select(BadRequest).FirstOrDefault(bad => bad is not null),
        { InnerException: { } inner } => BadRequest(inner),
        _ => null,
    };

    private static bool IsOfClient(ForwarderError error) => error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled
        or ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyCanceled or ForwarderError.ResponseBodyClient;

    /// <summary>What stays the same over all attempts.</summary>
    private sealed record Forwarding(
        HttpContext Context, string Model, RequestKind Kind, string? Pinned, string? RequestId, string? Alias, RequestBody Body);
}
