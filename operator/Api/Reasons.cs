using ModelOperator.Evidence;

namespace ModelOperator.Api;

/// <summary>Reasons of conditions, decisions and Events: words a program can act on.</summary>
public static class Reasons
{
    /// <summary>The stable revision is what the spec asks for, and it serves.</summary>
    public const string Stable = "Stable";

    /// <summary>The stable revision serves.</summary>
    public const string Serving = "Serving";

    /// <summary>The stable revision has no ready pod; another revision answers in its place.</summary>
    public const string StableDown = "StableDown";

    /// <summary>The first revision is coming up.</summary>
    public const string Initializing = "Initializing";

    /// <summary>spec.replicas is 0: nothing serves, as asked for.</summary>
    public const string ScaledToZero = "ScaledToZero";

    /// <summary>Some pods of the revision are not ready.</summary>
    public const string PodsNotReady = "PodsNotReady";

    /// <summary>The pods are ready and no router is.</summary>
    public const string RoutersNotReady = "RoutersNotReady";

    /// <summary>A canary is coming up or is compared.</summary>
    public const string RolloutInProgress = "RolloutInProgress";

    /// <summary>A rollout began.</summary>
    public const string RolloutStarted = "RolloutStarted";

    /// <summary>The canary got the weight of its next step.</summary>
    public const string StepAdvanced = "StepAdvanced";

    /// <summary>The evidence shows that the canary is no worse than the margins allow: it is the new stable revision.</summary>
    public const string Promoted = "Promoted";

    /// <summary>All requests go back to the stable revision.</summary>
    public const string RolledBack = "RolledBack";

    /// <summary>The rollout is at a pause, or spec.rollout.paused is true.</summary>
    public const string RolloutPaused = "RolloutPaused";

    /// <summary>A person ordered something, and it is done.</summary>
    public const string Ordered = "Ordered";

    /// <summary>A person ordered something that cannot be done.</summary>
    public const string OrderRefused = "OrderRefused";

    /// <summary>A person gave the canary up.</summary>
    public const string Aborted = "Aborted";

    /// <summary>A person went back to an earlier revision.</summary>
    public const string Undone = "Undone";

    /// <summary>The spec changed during the rollout: the canary was given up.</summary>
    public const string Superseded = "Superseded";

    /// <summary>The spec asks for a revision that was rejected; the stable revision serves on.</summary>
    public const string RevisionRejected = "RevisionRejected";

    /// <summary>The canary's answers are wrong more often than the margin allows.</summary>
    public const string AccuracyHarmful = "AccuracyHarmful";

    /// <summary>The canary is slow more often than the margin allows.</summary>
    public const string LatencyHarmful = "LatencyHarmful";

    /// <summary>The canary fails more requests than the margin allows.</summary>
    public const string ErrorRateHarmful = "ErrorRateHarmful";

    /// <summary>A Prometheus metric of the canary is worse than the margin allows.</summary>
    public const string MetricHarmful = "MetricHarmful";

    /// <summary>A webhook or a Job says that the canary is harmful.</summary>
    public const string GateHarmful = "GateHarmful";

    /// <summary>The evaluation's Job sends the data set to the new revision.</summary>
    public const string EvaluationRunning = "EvaluationRunning";

    /// <summary>The new revision meets what the evaluation asks.</summary>
    public const string EvaluationPassed = "EvaluationPassed";

    /// <summary>The new revision does not meet what the evaluation asks.</summary>
    public const string EvaluationFailed = "EvaluationFailed";

    /// <summary>The evaluation could not be done; nothing is known of the revision.</summary>
    public const string EvaluationError = "EvaluationError";

    /// <summary>Only ground truth is missing for a verdict: send feedback.</summary>
    public const string WaitingForTruth = "WaitingForTruth";

    /// <summary>A Prometheus server, a webhook or a Job gives no usable answer: its guardrail decides nothing until it does.</summary>
    public const string MetricsUnavailable = "MetricsUnavailable";

    /// <summary>The analysis deadline passed without a verdict.</summary>
    public const string AnalysisDeadlineExceeded = "AnalysisDeadlineExceeded";

    /// <summary>
    /// Routers draw the canary for another share of requests than the routing table gives it: nothing is decided until the shares agree.
    /// </summary>
    public const string TrafficSkewed = "TrafficSkewed";

    /// <summary>Routers draw the revisions as the routing table says.</summary>
    public const string TrafficMatchesWeights = "TrafficMatchesWeights";

    /// <summary>No canary is compared, or no router reports what it draws.</summary>
    public const string TrafficNotWatched = "TrafficNotWatched";

    /// <summary>No router answers the operator: nothing is decided until one does.</summary>
    public const string NoMetrics = "NoMetrics";

    /// <summary>The spec breaks a rule; the message names the field, the value and what would be right.</summary>
    public const string InvalidSpec = "InvalidSpec";

    /// <summary>
    /// The CustomResourceDefinition is older than the operator and drops fields; the operator decides nothing until it is updated.
    /// </summary>
    public const string DefinitionOutdated = "DefinitionOutdated";

    /// <summary>A Secret that the spec names does not exist, or lacks the key.</summary>
    public const string SecretNotFound = "SecretNotFound";

    /// <summary>The Secret with the model's credentials lacks the keys for this store, or the store refuses them.</summary>
    public const string CredentialsMissing = FailureReasons.CredentialsMissing;

    /// <summary>The file that arrived has another digest than the spec asks for.</summary>
    public const string DigestMismatch = FailureReasons.DigestMismatch;

    /// <summary>The model could not be downloaded.</summary>
    public const string ModelDownloadFailed = FailureReasons.ModelDownloadFailed;

    /// <summary>The installation does not allow the model's address; see modelSources.allowedNetworks.</summary>
    public const string AddressRefused = FailureReasons.AddressRefused;

    /// <summary>The model is not signed with the key that the spec names.</summary>
    public const string SignatureInvalid = FailureReasons.SignatureInvalid;

    /// <summary>The model's archive is damaged, unsafe, or holds no model.</summary>
    public const string ArchiveInvalid = FailureReasons.ArchiveInvalid;

    /// <summary>There is nothing at the model's address.</summary>
    public const string ModelNotFound = FailureReasons.ModelNotFound;

    /// <summary>The file is not a model ONNX Runtime can run.</summary>
    public const string ModelInvalid = FailureReasons.ModelInvalid;

    /// <summary>No execution provider that the spec names works in the pod.</summary>
    public const string ProviderUnavailable = FailureReasons.ProviderUnavailable;

    /// <summary>The runtime refuses its arguments.</summary>
    public const string InvalidConfiguration = FailureReasons.InvalidConfiguration;

    /// <summary>A container of the revision keeps ending.</summary>
    public const string ContainerCrashLoop = "ContainerCrashLoop";

    /// <summary>An image of the revision cannot be pulled.</summary>
    public const string ImagePullFailed = "ImagePullFailed";

    /// <summary>No node has room for a pod of the revision.</summary>
    public const string Unschedulable = "Unschedulable";

    /// <summary>The API server refuses the revision's pods: quota, admission, or a pod template that is not valid.</summary>
    public const string PodsRefused = "PodsRefused";

    /// <summary>An object with a name that the operator needs exists and belongs to somebody else.</summary>
    public const string NameConflict = "NameConflict";

    /// <summary>The revision did not have enough ready pods in time.</summary>
    public const string ProgressDeadlineExceeded = "ProgressDeadlineExceeded";

    /// <summary>The stable revision's Deployment was deleted, and its record (ControllerRevision) with it.</summary>
    public const string StableLost = "StableLost";

    /// <summary>Somebody took labels, annotations or owners off an object of the operator's; the operator put them back.</summary>
    public const string MetadataRestored = "MetadataRestored";

    /// <summary>The API server refused an object that the operator wrote; the operator tries again.</summary>
    public const string ReconcileError = "ReconcileError";
}
