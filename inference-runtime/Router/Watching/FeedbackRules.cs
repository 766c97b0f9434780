using System.Text.Json;
using ModelOperator.Api;
using ModelOperator.Protocol;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Watching;

/// <summary>How spec.feedback says that the truth is judged.</summary>
internal static class FeedbackRules
{
    // What it cannot judge it leaves to feedback that says itself whether the prediction was right.
    private static readonly FeedbackRule JudgesNothing = new(PredictionKind.None, default);

    public static FeedbackRule Of(JsonElement? feedback)
    {
        RoutedFeedback? given = Read(feedback);
        bool clientIds = given?.ClientIds == nameof(ClientIdPolicy.Accept);
        return given switch
        {
            null => JudgesNothing,
            { Kind: null or nameof(FeedbackKind.Classification) } => new FeedbackRule(PredictionKind.Label, default, clientIds),
            { Kind: nameof(FeedbackKind.Regression), Tolerance: var tolerance } => new FeedbackRule(
                PredictionKind.Number, Tolerance.Parse($"{tolerance?.Absolute ?? "0"},{tolerance?.Percent ?? "0"}%") ?? default, clientIds),
            _ => JudgesNothing with { TakesClientIds = clientIds },
        };
    }

    /// <summary>Null for one in a form that is not known.</summary>
    private static RoutedFeedback? Read(JsonElement? feedback)
    {
        if (feedback is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given)
        {
            return new RoutedFeedback();
        }

        try
        {
            return given.Deserialize(RoutedModelJson.Default.RoutedFeedback);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
