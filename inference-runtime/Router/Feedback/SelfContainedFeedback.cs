using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Feedback;

/// <summary>
/// Feedback that names its revision, from those who may: no pod needs to remember anything, so that it can come days later, when the pods
/// are gone. Each id has one router that keeps it, which counts it once.
/// </summary>
internal sealed class SelfContainedFeedback(FeedbackAccess access, OutcomeCounter counter, PeerClient peers, RouterPeers routers)
{
    public async Task HandleAsync(HttpContext context, ModelRoute route, FeedbackRequest feedback)
    {
        if (!await access.AdmitAsync(context, route.Name))
        {
            return;
        }

        string revision = feedback.Revision!;
        if (!route.Revisions.ContainsKey(revision))
        {
            await RouterError.WriteAsync(context, StatusCodes.Status404NotFound,
                $"field revision: model '{route.Name}' has no revision '{RouterError.Shown(revision)}', or none that takes part any more");
            return;
        }

        Outcomes outcomes = feedback.Rewards is { } rewards
            ? Outcomes.Of(feedback.Id, rewards)
            : Outcomes.Of(feedback.Prediction!, feedback.Truth!, route.Feedback.Kind, route.Feedback.Tolerance);
        try
        {
            OutcomeAnswer answer = await CountAsync(
                route.Name, revision, FeedbackKey.Of(route.Name, feedback.Id), outcomes, context.RequestAborted);
            await AnswerAsync(context, route, feedback, answer);
        }
        catch (PeerException e)
        {
            await RouterError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message, retryAfterSeconds: 1);
        }
    }

    private async Task<OutcomeAnswer> CountAsync(
        string model, string revision, FeedbackKey key, Outcomes outcomes, CancellationToken cancellationToken)
    {
        foreach (RouterPeer? keeper in routers.KeepersOf(key))
        {
            if (keeper is null)
            {
                return await counter.CountAsync(model, revision, key, outcomes, cancellationToken);
            }

            if (await peers.CountAsync(keeper, model, revision, key, outcomes, cancellationToken) is { } answer)
            {
                return answer;
            }
        }

        throw new PeerException("no router that could keep this id can be reached");
    }

    private static async Task AnswerAsync(HttpContext context, ModelRoute route, FeedbackRequest feedback, OutcomeAnswer answer)
    {
        FeedbackResponse response = new()
        {
            Id = feedback.Id,
            ModelName = route.Name,
            Correct = answer.Correct,
            Incorrect = answer.Incorrect,
            Duplicate = answer.Duplicate,
        };
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(response, ProtocolJson.Default.FeedbackResponse);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        context.Response.Headers[ModelHeaders.Revision] = feedback.Revision;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
