using ModelOperator.Protocol;
using ModelOperator.Server.Feedback;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving;

/// <summary><c>POST v2/models/{name}/feedback</c></summary>
internal sealed class FeedbackEndpoint(
    ModelRepository models, ProtocolLimits limits, FeedbackGuard guard, Admission admission, BodyReader bodies,
    PredictionStore predictions, FeedbackOptions options,
    ServerMetrics metrics)
{
    public async Task HandleAsync(HttpContext context)
    {
        guard.Admit(context.Request);
        ServedModel served = ModelRoute.Find(context, models);
        OnnxModel model = ModelRoute.Require(context, served);
        using Admission.Entry entry = admission.Enter();
        FeedbackRequest feedback;
        using (PooledBuffer body = await bodies.ReadAsync(context.Request, entry, padding: 0, context.RequestAborted))
        {
            feedback = FeedbackRequest.Read(body.Span, limits);
        }

        if (feedback.Revision is not null)
        {
            throw new ProtocolException(
                "feedback that names its revision is counted by the router in front of the revisions: send it there");
        }

        Judgement judgement = Judge(context, served, model, feedback);
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

    private Judgement Judge(HttpContext context, ServedModel served, OnnxModel model, FeedbackRequest feedback)
    {
        Judgement? judged = feedback.Truth is { } truth
            ? predictions.Judge(served.Name, feedback.Id, Comparable(context, served, model, truth))
            : predictions.Settle(served.Name, feedback.Id, Outcomes.Of(feedback.Id, feedback.Rewards!), feedback.IsOfWholeRequest);
        Judgement judgement = judged
            ?? throw new ProtocolException(404, $"request '{feedback.Id}' is not known here: it was never answered, or too long ago");
        return judgement.Counted ? judgement : throw Misfit(feedback, judgement);
    }

    private JudgedTruth Comparable(HttpContext context, ServedModel served, OnnxModel model, FeedbackValues truth)
    {
        if (model.Predictions is not { } reader)
        {
            throw new ProtocolException(options.Kind switch
            {
                PredictionKind.Label =>
                    $"model '{served.Name}' predicts no classes: no output of it is labels or scores of classes; send correct or reward",
                PredictionKind.Number =>
                    $"model '{served.Name}' predicts no numbers: no output of it is floating-point; send correct or reward",
                _ => $"truth is not what model '{served.Name}' is judged by: send correct or reward",
            });
        }

        return JudgedTruth.Of(truth, reader.Kind, reader.Kind == PredictionKind.Number ? ToleranceOf(context) : default);
    }

    /// <summary>The router's word, which changes without a restart, goes before the command line's.</summary>
    private Tolerance ToleranceOf(HttpContext context)
    {
        string? header = context.Request.Headers[ModelHeaders.FeedbackTolerance];
        return string.IsNullOrEmpty(header)
            ? options.Tolerance ?? throw new ProtocolException(
                $"how near a number must be is not known: set --feedback-tolerance, or send the header {ModelHeaders.FeedbackTolerance}")
            : Tolerance.Parse(header)
                ?? throw new ProtocolException(
                    $"header {ModelHeaders.FeedbackTolerance} is no tolerance, expected a distance as 0.5, a percentage as 5%, "
                    + "or both as 0.5,5%");
    }

    private static ProtocolException Misfit(FeedbackRequest feedback, Judgement judgement)
    {
        string predicted = judgement.Width > 1
            ? $"{judgement.Predictions / judgement.Width} rows of {judgement.Width} predictions"
            : $"{judgement.Predictions} predictions";
        string given = feedback.Truth is { } truth
            ? $"truth has {truth.Items.Count} values"
            : $"the feedback has {feedback.Rewards!.Count} outcomes";
        return new ProtocolException($"{given}, but request '{feedback.Id}' got {predicted}; they must be as many");
    }
}
