using ModelOperator.Api;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// The arguments of <c>inference-runtime serve</c>. What the spec leaves out is left out here: the server knows the model and its machine
/// and chooses by them.
/// </summary>
internal static class ServeArguments
{
    /// <summary>How long a pod that was told to end serves on at most.</summary>
    public const int DrainSeconds = 30;

    public static IReadOnlyList<string> Of(
        string model, string modelFile, int port, int grpcPort, string cacheDirectory, EffectiveSpec effective) =>
    [
        "serve",
        "--model-name", model,
        "--model", modelFile,
        "--port", $"{port}",
        "--grpc-port", $"{grpcPort}",
        "--execution-providers", string.Join(',', effective.Runtime.ExecutionProviders),
        // The devices of a container are numbered from 0, whichever of the node they are.
        .. effective.Runtime.Gpu is { Count: > 1 } gpu ? Option("--devices", string.Join(',', Enumerable.Range(0, gpu.Count))) : [],
        "--cache-dir", cacheDirectory,
        // Only while requests come: routers send none here once another pod of the revision is ready.
        "--drain-seconds", $"{DrainSeconds}",
        .. Tuning(effective.Runtime.Tuning),
        .. Feedback(effective.Feedback),
    ];

    /// <summary>What is judged of a model's answers; the same for an evaluation. How near a number must be, routers say.</summary>
    public static IReadOnlyList<string> Feedback(EffectiveFeedback feedback) =>
    [
        .. feedback.Kind == FeedbackKind.Classification ? [] : Option("--feedback-kind", feedback.Kind.ToString().ToLowerInvariant()),
        .. Option("--feedback-output", feedback.Output),
    ];

    private static IReadOnlyList<string> Tuning(EffectiveTuning tuning) =>
    [
        .. Option("--instances", tuning.Instances),
        .. Option("--threads", tuning.Threads),
        .. tuning.HalfPrecision ? Option("--precision", nameof(ModelPrecision.Fp16)) : [],
        .. Option("--max-batch-size", tuning.MaxBatchSize),
        .. tuning.PreferredBatchSizes.Count > 0 ? Option("--preferred-batch-sizes", string.Join(',', tuning.PreferredBatchSizes)) : [],
        .. Option("--max-queue-delay-microseconds", tuning.MaxQueueDelayMicroseconds),
        .. Option("--max-queue-size", tuning.MaxQueueSize),
        .. Option("--request-timeout-milliseconds", tuning.RequestTimeoutMilliseconds),
        .. Option("--max-body-mebibytes", tuning.MaxRequestMebibytes),
    ];

    private static string[] Option(string name, object? value) => value is null ? [] : [name, $"{value}"];
}
