namespace ModelOperator.Api.Validation;

/// <summary>Rules of spec.feedback.</summary>
internal static class FeedbackRules
{
    private const string Root = "spec.feedback";

    public static IEnumerable<FieldError> Check(ModelDeploymentSpec spec) =>
        spec.Feedback is { } feedback
            ? [.. Tolerance(feedback), .. Output(feedback), .. Evaluation(feedback, spec.Rollout?.Evaluation)]
            : [];

    private static IEnumerable<FieldError> Tolerance(FeedbackSpec feedback) => (feedback.Kind, feedback.Tolerance) switch
    {
        (FeedbackKind.Regression, null) =>
            [FieldError.Of(
                $"{Root}.tolerance", "null", "is required with kind Regression: how far from the ground truth a right prediction may be")],
        (FeedbackKind.Regression, { Absolute: null, Percent: null }) =>
            [FieldError.Of($"{Root}.tolerance", "{}", "want absolute or percent, or both")],
        (FeedbackKind.Regression, _) or (_, null) => [],
        _ => [FieldError.Of(
            $"{Root}.tolerance",
            "{...}",
            $"belongs to kind Regression, and the kind is {feedback.Kind ?? FeedbackKind.Classification}; leave it out")],
    };

    private static IEnumerable<FieldError> Output(FeedbackSpec feedback) => feedback is { Kind: FeedbackKind.Explicit, Output: { } output }
        ? [FieldError.Text($"{Root}.output", output, "is ignored with kind Explicit; leave it out, or choose Classification or Regression")]
        : [];

    private static IEnumerable<FieldError> Evaluation(FeedbackSpec feedback, EvaluationSpec? evaluation) =>
        feedback.Kind == FeedbackKind.Explicit && evaluation is not null
            ? [FieldError.Of(
                $"{Root}.kind", FeedbackKind.Explicit,
                "compares no ground truth, which rollout.evaluation needs; choose Classification or Regression, "
                + "or leave the evaluation out")]
            : [];
}
