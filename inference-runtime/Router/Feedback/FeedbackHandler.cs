using System.Net;
using ModelOperator.Protocol;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Recording;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Feedback;

/// <summary>
/// Takes the truth about an earlier request to the pod that answered it, and counts what that pod found. The pod is known from the id,
/// which a router made. Where the model takes ids that clients made, it is remembered; failing that, every pod of the model is asked.
/// </summary>
internal sealed class FeedbackHandler(
    RouterOptions options, PredictionIds ids, FeedbackRelay relay, SelfContainedFeedback selfContained,
    ClientIdMap clientIds, EvidenceRecorder evidence, RouterMetrics metrics, FeedbackBudget budget,
    TimeProvider timeProvider)
{
    /// <summary>How many pods are asked at a time for a prediction nobody knows the place of.</summary>
    private const int Parallelism = 8;

    private readonly ProtocolLimits _limits = new();

    public async Task HandleAsync(HttpContext context, ModelRoute route)
    {
        using RequestBody? body = await ReadAsync(context);
        if (body is null)
        {
            return;
        }

        FeedbackRequest request;
        try
        {
            request = FeedbackRequest.Read(body.Beginning, _limits);
            if (request.Revision is not null)
            {
                await selfContained.HandleAsync(context, route, request);
                return;
            }
        }
        catch (ProtocolException e)
        {
            await RouterError.WriteAsync(context, e.StatusCode, e.Message);
            return;
        }

        string id = request.Id;
        byte[] feedback = body.Beginning.ToArray();
        if (ids.Read(route.Name, id) is { } made)
        {
            await AskOneAsync(context, route, id, made, feedback);
            return;
        }

        if (!route.Feedback.TakesClientIds)
        {
            await RouterError.WriteAsync(context, StatusCodes.Status404NotFound,
                $"field id: '{RouterError.Shown(id)}' is not the {ModelHeaders.PredictionId} of an answer of model '{route.Name}'; "
                + "ids that clients make are taken where spec.feedback.clientIds is Accept");
            return;
        }

        if (clientIds.Find(route.Name, id) is { } remembered
            && route.FindPod(remembered.Revision, remembered.Pod) is { } pod
            && await relay.AskAsync(pod, route, feedback, context.RequestAborted) is { Status: not HttpStatusCode.NotFound } answer)
        {
            await AnswerAsync(context, route, pod, answer, isDrawn: true);
            return;
        }

        await AskAllAsync(context, route, id, feedback);
    }

    /// <summary>The whole body; null when there is none, and its sender is told why.</summary>
    private async Task<RequestBody?> ReadAsync(HttpContext context)
    {
        using var limit = new CancellationTokenSource(options.FeedbackBodyTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            RequestBody body = await RequestBody.ReadAsync(context, options.ReplayableBodyBytes, budget.Buffers, either.Token);
            if (body.IsComplete)
            {
                return body;
            }

            body.Dispose();
            await (body.IsTooLong
                ? RouterError.WriteAsync(
                    context,
                    StatusCodes.Status413PayloadTooLarge,
                    $"feedback is longer than {options.ReplayableBodyBytes} bytes, the limit")
                : RouterError.WriteAsync(
                    context, StatusCodes.Status503ServiceUnavailable,
                    "the memory for feedback is in use, or all that one client may have of it", retryAfterSeconds: 1));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await RouterError.WriteAsync(
                context, StatusCodes.Status408RequestTimeout, $"feedback must arrive within {options.FeedbackBodyTimeout.TotalSeconds} s");
        }

        return null;
    }

    private async Task AskOneAsync(HttpContext context, ModelRoute route, string id, PredictionId made, byte[] feedback)
    {
        if (route.FindPod(made.Revision, made.Pod) is not { } pod)
        {
            await RouterError.WriteAsync(context, StatusCodes.Status404NotFound,
                $"request '{RouterError.Shown(id)}' was answered by pod '{made.Pod}', which is gone and its predictions with it; "
                + "feedback that says its revision itself, with correct, reward, or prediction and truth, can still be counted");
            return;
        }

        if (await relay.AskAsync(pod, route, feedback, context.RequestAborted) is { } answer)
        {
            await AnswerAsync(context, route, pod, answer, made.IsDrawn);
            return;
        }

        await RouterError.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable, $"pod '{made.Pod}', which answered the request, did not answer now",
            retryAfterSeconds: 1);
    }

    private async Task AskAllAsync(HttpContext context, ModelRoute route, string id, byte[] feedback)
    {
        bool silent = false;
        IEnumerable<PodEndpoint> pods = route.Revisions.Values.SelectMany(r => r.Pods);
        foreach (PodEndpoint[] some in pods.Chunk(Parallelism))
        {
            FeedbackAnswer?[] answers = await Task.WhenAll(some.Select(p => relay.AskAsync(p, route, feedback, context.RequestAborted)));
            int known = Array.FindIndex(answers, a => a is { Outcome: not null });
            if (known < 0)
            {
                known = Array.FindIndex(answers, a => a is { Status: not HttpStatusCode.NotFound });
            }

            if (known >= 0)
            {
                await AnswerAsync(context, route, some[known], answers[known]!, isDrawn: true);
                return;
            }

            silent |= answers.Contains(null);
        }

        await (silent
            ? RouterError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable,
                $"request '{RouterError.Shown(id)}' is unknown to the pods that answered, but not all did", retryAfterSeconds: 1)
            : RouterError.WriteAsync(context, StatusCodes.Status404NotFound,
                $"no pod of model '{route.Name}' knows a request '{RouterError.Shown(id)}'"));
    }

    private async Task AnswerAsync(HttpContext context, ModelRoute route, PodEndpoint pod, FeedbackAnswer answer, bool isDrawn)
    {
        // Counted before the client hears of it, and also when the client is gone by now: the pod will not say it again.
        if (answer.Outcome is { Duplicate: false } outcome)
        {
            // An answer is evidence, and so is its truth, when chance chose the revision. Under a client's own id no other is remembered.
            if (isDrawn)
            {
                evidence.Model(route.Name).RecordFeedback(pod.Revision, outcome.Correct, outcome.Incorrect);
            }

            metrics.Feedback(route.Name, pod.Revision, outcome.Correct, outcome.Incorrect);
        }

        context.Response.StatusCode = (int)answer.Status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Body.Length;
        context.Response.Headers[ModelHeaders.Revision] = pod.Revision;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
