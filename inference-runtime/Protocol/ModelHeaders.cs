namespace ModelOperator.Protocol;

/// <summary>HTTP headers between clients, routers and model servers, besides those of the protocol.</summary>
public static class ModelHeaders
{
    /// <summary>On requests: pins a revision. On responses: the revision that answered.</summary>
    public const string Revision = "x-model-revision";

    /// <summary>
    /// A client's own name for its request. On requests from a router to a model server: the id under which feedback finds the prediction.
    /// </summary>
    public const string RequestId = "x-request-id";

    /// <summary>On answers from a router: the id under which feedback finds the prediction.</summary>
    public const string PredictionId = "x-prediction-id";

    /// <summary>On answers of a model server: how many predictions the answer has that can be right or wrong; left out for one.</summary>
    public const string Predictions = "x-model-predictions";

    /// <summary>On a 503 of a model server: it is stopping and has not looked at the request, so another pod can have it.</summary>
    public const string Draining = "x-model-draining";

    /// <summary>On a feedback from a router: how far from the truth a number still is right, see <see cref="Tolerance"/>.</summary>
    public const string FeedbackTolerance = "x-feedback-tolerance";

    /// <summary>Length of the JSON part of a body in the binary tensor extension.</summary>
    public const string InferenceHeaderLength = "Inference-Header-Content-Length";
}
