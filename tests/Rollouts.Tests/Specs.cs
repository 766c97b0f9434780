using ModelOperator.Api;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Specs of the tests.</summary>
internal static class Specs
{
    /// <summary>Named by its digest, so that the first pod says nothing that others wait for.</summary>
    private static ModelSource Model => new() { Uri = "https://models.example/digits.onnx", Digest = "sha256:" + new string('d', 64) };

    /// <summary>What the demo rolls out by: short steps, blocks of five seconds, and a wide margin for latency.</summary>
    public static ModelDeploymentSpec Demo() => new()
    {
        Model = Model,
        Replicas = 2,
        Rollout = new RolloutSpec
        {
            Steps = [new RolloutStep { Weight = 10, DurationSeconds = 10 }, new RolloutStep { Weight = 50, DurationSeconds = 10 }],
            Analysis = new AnalysisSpec
            {
                IntervalSeconds = 5,
                ConfidencePercent = 99,
                DeadlineSeconds = 600,
                Guardrails =
                [
                    new Guardrail { Name = "accuracy", Type = GuardrailType.Accuracy, MarginPercent = 5 },
                    new Guardrail { Name = "latency", Type = GuardrailType.Latency, QuantilePercent = 90, MarginPercent = 15 },
                    new Guardrail { Name = "errors", Type = GuardrailType.ErrorRate, MarginPercent = 2 },
                ],
            },
            ProgressDeadlineSeconds = 40,
        },
    };

    public static ModelDeploymentSpec Digits(
        int replicas = 2, int deadlineSeconds = 3600, InconclusiveAction? onInconclusive = null, int minRequests = 0,
        params int[] weights) => new()
        {
            Model = Model,
            Replicas = replicas,
            Rollout = new RolloutSpec
            {
                Steps =
                [
                    .. (weights.Length == 0 ? [5, 25, 50] : weights)
                        .Select(weight => new RolloutStep { Weight = weight, DurationSeconds = 15, MinRequests = minRequests }),
                ],
                Analysis = new AnalysisSpec { IntervalSeconds = 5, DeadlineSeconds = deadlineSeconds, OnInconclusive = onInconclusive },
                ProgressDeadlineSeconds = 60,
                RevisionHistoryLimit = 2,
            },
        };
}
