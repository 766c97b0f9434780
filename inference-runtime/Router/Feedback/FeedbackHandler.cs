using System.Net;
using ModelOperator.Protocol;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Recording;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Feedback;

/// <summary>
/// Takes the truth about an earlier request to the pod that answered it, and counts what that pod found. The pod is known from
/// an id a router made, or remembered for one a client made; failing both, every pod of the model is asked.
/// </summary>
internal sealed class FeedbackHandler(
    RouterOptions options, FeedbackRelay relay, SelfContainedFeedback selfContained, ClientIdMap clientIds, EvidenceRecorder evidence, RouterMetrics metrics, BufferBudget budget)
{
    /// <summary>How many pods are asked at a time for a prediction nobody knows the place of.</summary>
    private const int Parallelism = 8;

    private readonly ProtocolLimits _limits = new();

    public async Task HandleAsync(HttpContext context, ModelRoute route)
    {
        using RequestBody body = await RequestBody.ReadAsync(context, options.ReplayableBodyBytes, budget, context.RequestAborted);
        if (!body.IsComplete)
        {
            await RouterError.WriteAsync(context, StatusCodes.Status413PayloadTooLarge,
                $"feedback is longer than {options.ReplayableBodyBytes} bytes, the limit");
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
        if (RequestIds.Parse(id) is { } made)
        {
            await AskOneAsync(context, route, id, made.Revision, made.Pod, feedback);
            return;
        }

        if (clientIds.Find(route.Name, id) is { } remembered
            && route.FindPod(remembered.Revision, remembered.Pod) is { } pod
            && await relay.AskAsync(pod, route, feedback, context.RequestAborted) is { Status: not HttpStatusCode.NotFound } answer)
        {
            await AnswerAsync(context, route, pod, answer);
            return;
        }

        await AskAllAsync(context, route, id, feedback);
    }

    private async Task AskOneAsync(HttpContext context, ModelRoute route, string id, string revision, string podName, byte[] feedback)
    {
        if (route.FindPod(revision, podName) is not { } pod)
        {
            await RouterError.WriteAsync(context, StatusCodes.Status404NotFound,
                $"request '{RouterError.Shown(id)}' was answered by pod '{podName}', which is gone and its predictions with it; "
                + "feedback that says its revision itself, with correct, reward, or prediction and truth, can still be counted");
            return;
        }

        if (await relay.AskAsync(pod, route, feedback, context.RequestAborted) is { } answer)
        {
            await AnswerAsync(context, route, pod, answer);
            return;
        }

        await RouterError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, $"pod '{podName}', which answered the request, did not answer now",
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
            if (known < 0) known = Array.FindIndex(answers, a => a is { Status: not HttpStatusCode.NotFound });
            if (known >= 0)
            {
                await AnswerAsync(context, route, some[known], answers[known]!);
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

    private async Task AnswerAsync(HttpContext context, ModelRoute route, PodEndpoint pod, FeedbackAnswer answer)
    {
        // Counted before the client hears of it, and also when the client is gone by now: the pod will not say it again.
        if (answer.Outcome is { Duplicate: false } outcome)
        {
            evidence.Model(route.Name).RecordFeedback(pod.Revision, outcome.Correct, outcome.Incorrect);
            metrics.Feedback(route.Name, pod.Revision, outcome.Correct, outcome.Incorrect);
        }

        context.Response.StatusCode = (int)answer.Status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Body.Length;
        context.Response.Headers[ModelHeaders.Revision] = pod.Revision;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
