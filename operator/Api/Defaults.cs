namespace ModelOperator.Api;

/// <summary>What an absent field means. The same on every server, whether or not the CRD's own defaults were filled in.</summary>
public static class Defaults
{
    /// <summary>Default of spec.replicas.</summary>
    public const int Replicas = 1;

    /// <summary>Default of accelerator.resourceName with kind Gpu.</summary>
    public const string GpuResourceName = "nvidia.com/gpu";

    /// <summary>Default of accelerator.count with kind Gpu.</summary>
    public const int GpuCount = 1;

    /// <summary>Default of signature.publicKeySecretRef.key, the name cosign gives the file.</summary>
    public const string PublicKey = "cosign.pub";

    /// <summary>Default of a step's durationSeconds.</summary>
    public const int StepDurationSeconds = 60;

    /// <summary>Default of a step's minRequests. Older versions wrote 0 into every step, so that means the default too.</summary>
    public const int StepMinRequests = 10;

    /// <summary>Default of rollout.progressDeadlineSeconds.</summary>
    public const int ProgressDeadlineSeconds = 600;

    /// <summary>Default of rollout.revisionHistoryLimit.</summary>
    public const int RevisionHistoryLimit = 10;

    /// <summary>Default of analysis.intervalSeconds.</summary>
    public const int IntervalSeconds = 10;

    /// <summary>Default of analysis.confidencePercent.</summary>
    public const int ConfidencePercent = 99;

    /// <summary>Default of analysis.deadlineSeconds.</summary>
    public const int DeadlineSeconds = 86400;

    /// <summary>Default of runtime.maxRequestMebibytes, the model server's as well.</summary>
    public const int MaxRequestMebibytes = 64;

    /// <summary>Default of a latency guardrail's quantilePercent.</summary>
    public const int QuantilePercent = 95;

    /// <summary>Default of a Prometheus guardrail's timeoutSeconds.</summary>
    public const int PrometheusTimeoutSeconds = 5;

    /// <summary>Default of a Webhook guardrail's timeoutSeconds.</summary>
    public const int WebhookTimeoutSeconds = 10;

    /// <summary>Default of a Job guardrail's deadlineSeconds.</summary>
    public const int JobDeadlineSeconds = 3600;

    /// <summary>Default of evaluation.concurrency.</summary>
    public const int EvaluationConcurrency = 4;

    /// <summary>Default of evaluation.deadlineSeconds.</summary>
    public const int EvaluationDeadlineSeconds = 3600;

    /// <summary>Steps when the spec has none.</summary>
    public static IReadOnlyList<EffectiveStep> Steps { get; } =
        [.. new[] { 5, 25, 50 }.Select(weight => Step(new RolloutStep { Weight = weight }))];

    /// <summary>Guardrails when the spec has none.</summary>
    public static IReadOnlyList<EffectiveGuardrail> Guardrails { get; } =
    [
        Guardrail(new Guardrail { Name = "accuracy", Type = GuardrailType.Accuracy }),
        Guardrail(new Guardrail { Name = "latency", Type = GuardrailType.Latency }),
        Guardrail(new Guardrail { Name = "errors", Type = GuardrailType.ErrorRate }),
    ];

    /// <summary>Default of a guardrail's marginPercent.</summary>
    public static int MarginPercent(GuardrailType type) => type switch
    {
        GuardrailType.Accuracy => 2,
        GuardrailType.Latency => 5,
        _ => 1,
    };

    /// <summary>The key of a Secret with a public key.</summary>
    public static string KeyOf(SecretKeyReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return reference.Key ?? PublicKey;
    }

    /// <summary>Fills in every default.</summary>
    /// <param name="spec">A valid spec.</param>
    /// <param name="runtimeImage">The operator's image of the inference runtime.</param>
    public static EffectiveSpec Resolve(ModelDeploymentSpec spec, string runtimeImage)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new EffectiveSpec(
            spec.Model, Runtime(spec.Runtime ?? new RuntimeSpec(), runtimeImage), spec.Replicas ?? Replicas,
            Rollout(spec.Rollout ?? new RolloutSpec()),
            Feedback(spec.Feedback ?? new FeedbackSpec()));
    }

    private static EffectiveRuntime Runtime(RuntimeSpec runtime, string runtimeImage)
    {
        var gpu = runtime.Accelerator is { Kind: AcceleratorKind.Gpu } accelerator
            ? new EffectiveGpu(accelerator.ResourceName ?? GpuResourceName, accelerator.Count ?? GpuCount)
            : null;
        IReadOnlyList<ExecutionProvider> providers = runtime.ExecutionProviders is { Count: > 0 } chosen
            ? chosen
            : gpu is null ? [ExecutionProvider.CPU] : [ExecutionProvider.CUDA, ExecutionProvider.CPU];
        return new EffectiveRuntime(
            runtime.Image ?? runtimeImage, gpu, providers, runtime.PodTemplate is { Count: > 0 } template ? template : null,
            Tuning(runtime));
    }

    private static EffectiveTuning Tuning(RuntimeSpec runtime)
    {
        BatchingSpec batching = runtime.Batching is { Mode: not BatchingMode.Disabled } set ? set : new BatchingSpec();
        return new EffectiveTuning(
            runtime.Batching is { Mode: BatchingMode.Disabled } ? 1 : batching.MaxBatchSize,
            [.. (batching.PreferredBatchSizes ?? []).Order()],
            batching.MaxQueueDelayMicroseconds,
            batching.MaxQueueSize,
            runtime.Instances,
            runtime.Precision == ModelPrecision.Fp16,
            runtime.Threads,
            runtime.RequestTimeoutMilliseconds,
            runtime.MaxRequestMebibytes);
    }

    private static EffectiveFeedback Feedback(FeedbackSpec feedback) =>
        new(feedback.Kind ?? FeedbackKind.Classification, feedback.Output, feedback.Tolerance);

    private static EffectiveRollout Rollout(RolloutSpec rollout)
    {
        List<RolloutStep> steps = rollout.Steps ?? [];
        IReadOnlyList<EffectiveStep> weights =
            [.. steps.Select((step, i) => step.Weight is null ? null : Step(step, PauseAt(steps, i + 1))).OfType<EffectiveStep>()];
        return new(
            weights.Count > 0 ? weights : Steps,
            Analysis(rollout.Analysis ?? new AnalysisSpec()),
            TimeSpan.FromSeconds(rollout.ProgressDeadlineSeconds ?? ProgressDeadlineSeconds),
            rollout.RevisionHistoryLimit ?? RevisionHistoryLimit,
            rollout.Evaluation is { } evaluation ? Evaluation(evaluation) : null,
            PauseAt(steps, 0),
            rollout.Paused == true);
    }

    private static EffectivePause? PauseAt(List<RolloutStep> steps, int index) => steps.ElementAtOrDefault(index)?.Pause is { } pause
        ? new EffectivePause(pause.DurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null)
        : null;

    private static EffectiveEvaluation Evaluation(EvaluationSpec evaluation) => new(
        evaluation.Dataset,
        evaluation.MinAccuracyPercent,
        evaluation.MaxAccuracyDropPercent,
        evaluation.MaxMilliseconds,
        evaluation.QuantilePercent ?? QuantilePercent,
        evaluation.Concurrency ?? EvaluationConcurrency,
        TimeSpan.FromSeconds(evaluation.DeadlineSeconds ?? EvaluationDeadlineSeconds));

    private static EffectiveStep Step(RolloutStep step, EffectivePause? pause = null) => new(
        step.Weight!.Value,
        TimeSpan.FromSeconds(step.DurationSeconds ?? StepDurationSeconds),
        step.MinRequests is > 0 and var asked ? asked : StepMinRequests,
        step.MinRequests is > 0,
        pause);

    private static EffectiveAnalysis Analysis(AnalysisSpec analysis) => new(
        TimeSpan.FromSeconds(analysis.IntervalSeconds ?? IntervalSeconds),
        analysis.ConfidencePercent ?? ConfidencePercent,
        analysis.Guardrails is { Count: > 0 } guardrails ? [.. guardrails.Select(Guardrail)] : Guardrails,
        TimeSpan.FromSeconds(analysis.DeadlineSeconds ?? DeadlineSeconds),
        analysis.OnInconclusive ?? InconclusiveAction.Hold);

    private static EffectiveGuardrail Guardrail(Guardrail guardrail)
    {
        var effective = new EffectiveGuardrail(
            guardrail.Name,
            guardrail.Type,
            MarginPercent: 0,
            guardrail is { Type: GuardrailType.Latency, MaxMilliseconds: null }
                ? guardrail.QuantilePercent ?? QuantilePercent
                : guardrail.QuantilePercent,
            guardrail.MaxMilliseconds,
            guardrail.MinAccuracyPercent,
            guardrail.MaxErrorPercent,
            guardrail.Prometheus,
            guardrail.Webhook,
            guardrail.Job,
            guardrail.OnHarm == HarmAction.Warn);
        return effective.IsGate || effective.Limit is not null
            ? effective
            : effective with { MarginPercent = guardrail.MarginPercent ?? MarginPercent(guardrail.Type) };
    }
}
