using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Feedback;

/// <summary><c>POST v2/models/{name}/feedback</c></summary>
internal sealed class FeedbackEndpoint(
    ModelRepository models, ProtocolLimits limits, Admission admission, BodyReader bodies, PredictionStore predictions, ServerMetrics metrics)
{
    public async Task HandleAsync(HttpContext context)
    {
        ServedModel served = ModelRoute.Find(context, models);
        OnnxModel model = ModelRoute.Require(context, served);
        using Admission.Entry entry = admission.Enter();
        FeedbackRequest feedback;
        using (PooledBuffer body = await bodies.ReadAsync(context.Request, entry, context.RequestAborted))
        {
            feedback = FeedbackRequest.Read(body.Span, limits);
        }

        if (model.Labels is null)
        {
            throw new ProtocolException($"model '{served.Name}' predicts no classes: no output of it is labels or scores of classes");
        }

        Judgement judgement = predictions.Judge(feedback.Id, feedback.Truth)
            ?? throw new ProtocolException(404, $"request '{feedback.Id}' is not known here: it was never answered, or too long ago");
        if (!judgement.Counted)
        {
            throw new ProtocolException(
                $"truth has {feedback.Truth.Count} labels, but request '{feedback.Id}' got {judgement.Predictions} predictions; they must be as many");
        }

        if (!judgement.Duplicate)
        {
            metrics.FedBack(judgement.Correct, judgement.Incorrect);
        }

        FeedbackResponse response = new()
        {
            Id = feedback.Id,
            ModelName = served.Name,
            Correct = judgement.Correct,
            Incorrect = judgement.Incorrect,
            Duplicate = judgement.Duplicate,
        };
        await Responses.WriteAsync(context, response, ProtocolJson.Default.FeedbackResponse);
    }
}
