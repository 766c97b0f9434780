using System.Text.Json.Nodes;

namespace ModelOperator.Api;

/// <summary>A spec with every default filled in: what the operator acts on.</summary>
/// <param name="Model">The model file and where to get it.</param>
/// <param name="Runtime">How pods run the model.</param>
/// <param name="Replicas">Pods of the stable revision.</param>
/// <param name="Rollout">How a new revision takes over.</param>
/// <param name="Feedback">How the truth is held against predictions.</param>
public sealed record EffectiveSpec(
    ModelSource Model, EffectiveRuntime Runtime, int Replicas, EffectiveRollout Rollout, EffectiveFeedback Feedback);

/// <summary>How pods run the model.</summary>
/// <param name="Image">Image of the inference runtime.</param>
/// <param name="Gpu">The devices a pod asks for; null on the processor.</param>
/// <param name="ExecutionProviders">In order of preference.</param>
/// <param name="PodTemplate">What to merge over the operator's template; null when there is nothing to merge.</param>
/// <param name="Tuning">What was said of how the server computes.</param>
public sealed record EffectiveRuntime(
    string Image, EffectiveGpu? Gpu, IReadOnlyList<ExecutionProvider> ExecutionProviders, JsonObject? PodTemplate, EffectiveTuning Tuning);

/// <summary>
/// What was said of how the server computes. What is null is the server's to choose, which knows the model and the device.
/// </summary>
/// <param name="MaxBatchSize">Rows computed together at most; 1 for no batching.</param>
/// <param name="PreferredBatchSizes">Sizes computed without waiting for more, ascending; empty for none.</param>
/// <param name="MaxQueueDelayMicroseconds">How long a request may wait for others.</param>
/// <param name="MaxQueueSize">Requests that may wait.</param>
/// <param name="Instances">Computations at the same time on each device.</param>
/// <param name="HalfPrecision">Whether to compute with 16 bits.</param>
/// <param name="Threads">CPU threads of each computation.</param>
/// <param name="RequestTimeoutMilliseconds">How long a request may wait and compute.</param>
/// <param name="MaxRequestMebibytes">How large a request may be.</param>
public sealed record EffectiveTuning(
    int? MaxBatchSize,
    IReadOnlyList<int> PreferredBatchSizes,
    int? MaxQueueDelayMicroseconds,
    int? MaxQueueSize,
    int? Instances,
    bool HalfPrecision,
    int? Threads,
    int? RequestTimeoutMilliseconds,
    int? MaxRequestMebibytes);

/// <summary>How the truth is held against predictions.</summary>
/// <param name="Kind">What the truth is.</param>
/// <param name="Output">Output that is judged; null for the first that fits.</param>
/// <param name="Tolerance">With Regression: what is still right.</param>
public sealed record EffectiveFeedback(FeedbackKind Kind, string? Output, FeedbackTolerance? Tolerance);

/// <summary>The devices a pod asks for.</summary>
/// <param name="ResourceName">Extended resource, such as nvidia.com/gpu.</param>
/// <param name="Count">Devices for each pod.</param>
public sealed record EffectiveGpu(string ResourceName, int Count);

/// <summary>How a new revision takes over.</summary>
/// <param name="Steps">Traffic steps of the canary; at least one.</param>
/// <param name="Analysis">How stable and canary are compared.</param>
/// <param name="ProgressDeadline">Time a revision may take to become ready.</param>
/// <param name="RevisionHistoryLimit">Earlier revisions kept at zero replicas.</param>
/// <param name="Evaluation">The data set a new revision must pass first; null when there is none.</param>
/// <param name="FirstPause">The pause before the canary gets any traffic; null when there is none.</param>
/// <param name="IsPaused">Whether nothing is to begin, to get more requests or to be promoted.</param>
public sealed record EffectiveRollout(
    IReadOnlyList<EffectiveStep> Steps,
    EffectiveAnalysis Analysis,
    TimeSpan ProgressDeadline,
    int RevisionHistoryLimit,
    EffectiveEvaluation? Evaluation = null,
    EffectivePause? FirstPause = null,
    bool IsPaused = false);

/// <summary>A labelled data set and what a new revision must do on it.</summary>
/// <param name="Dataset">The labelled data.</param>
/// <param name="MinAccuracyPercent">Percent of rows it must answer right; null for any.</param>
/// <param name="MaxAccuracyDropPercent">Percentage points its accuracy may be below stable's; null for any.</param>
/// <param name="MaxMilliseconds">What the quantile of its latency may be; null for any.</param>
/// <param name="QuantilePercent">The quantile of latency that is told and held against the limit.</param>
/// <param name="Concurrency">Rows in flight at once.</param>
/// <param name="Deadline">Time the evaluation may take.</param>
public sealed record EffectiveEvaluation(
    EvaluationDataset Dataset,
    int? MinAccuracyPercent,
    int? MaxAccuracyDropPercent,
    int? MaxMilliseconds,
    int QuantilePercent,
    int Concurrency,
    TimeSpan Deadline);

/// <summary>One traffic step.</summary>
/// <param name="Weight">Percent of requests the canary gets.</param>
/// <param name="Duration">Least time at this weight, counted from when every ready router has confirmed it.</param>
/// <param name="MinRequests">Least requests answered by the canary at this weight and judged.</param>
/// <param name="IsMinimumAsked">Whether the spec asks for these; else a verdict of gates, where there is no other guardrail, is as
/// good.</param>
/// <param name="Pause">What the rollout waits for once the step is done; null when for nothing.</param>
public sealed record EffectiveStep(int Weight, TimeSpan Duration, int MinRequests, bool IsMinimumAsked, EffectivePause? Pause = null);

/// <summary>A pause.</summary>
/// <param name="Duration">How long; null until a person ends it.</param>
public sealed record EffectivePause(TimeSpan? Duration);

/// <summary>How stable and canary are compared.</summary>
/// <param name="Interval">Length of the blocks of traffic that are judged.</param>
/// <param name="ConfidencePercent">Confidence in every verdict.</param>
/// <param name="Guardrails">What must not get worse; at least one.</param>
/// <param name="Deadline">Time from the first canary request until <paramref name="OnInconclusive"/> is done.</param>
/// <param name="OnInconclusive">What to do when the data cannot tell.</param>
public sealed record EffectiveAnalysis(
    TimeSpan Interval,
    int ConfidencePercent,
    IReadOnlyList<EffectiveGuardrail> Guardrails,
    TimeSpan Deadline,
    InconclusiveAction OnInconclusive)
{
    /// <summary>
    /// How many guardrails share the chance of a false rollback: the verdict of a gate is no estimate, and a warning rolls nothing back.
    /// </summary>
    public int Sharing => Math.Max(1, Guardrails.Count(guardrail => !guardrail.IsGate && !guardrail.WarnsOnly));
}
