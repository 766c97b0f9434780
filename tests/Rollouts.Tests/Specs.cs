using ModelOperator.Api;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Specs of the tests.</summary>
internal static class Specs
{
    public static ModelDeploymentSpec Digits(
        int replicas = 2, int deadlineSeconds = 3600, InconclusiveAction? onInconclusive = null, int minRequests = 0, params int[] weights) => new()
        {
            Model = new ModelSource { Uri = "https://models.example/digits.onnx" },
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
