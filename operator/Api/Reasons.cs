namespace ModelOperator.Api;

/// <summary>Reasons of conditions, decisions and Events: words a program can act on.</summary>
public static class Reasons
{
    /// <summary>The stable revision is what the spec asks for, and it serves.</summary>
    public const string Stable = "Stable";

    /// <summary>The stable revision serves.</summary>
    public const string Serving = "Serving";

    /// <summary>The first revision is coming up.</summary>
    public const string Initializing = "Initializing";

    /// <summary>spec.replicas is 0: nothing serves, as asked for.</summary>
    public const string ScaledToZero = "ScaledToZero";

    /// <summary>Some pods of the revision are not ready.</summary>
    public const string PodsNotReady = "PodsNotReady";

    /// <summary>The pods are ready and no router is.</summary>
    public const string RoutersNotReady = "RoutersNotReady";

    /// <summary>A canary is on its way, coming up or compared.</summary>
    public const string RolloutInProgress = "RolloutInProgress";

    /// <summary>A rollout began.</summary>
    public const string RolloutStarted = "RolloutStarted";

    /// <summary>The canary moved on to the next step.</summary>
    public const string StepAdvanced = "StepAdvanced";

    /// <summary>The canary was shown to be no worse than the margins allow and became stable.</summary>
    public const string Promoted = "Promoted";

    /// <summary>Traffic went back to the stable revision.</summary>
    public const string RolledBack = "RolledBack";

    /// <summary>The spec changed again during a rollout; the canary was given up for the new revision.</summary>
    public const string Superseded = "Superseded";

    /// <summary>The spec asks for a revision that failed its trial; stable serves on.</summary>
    public const string RevisionRejected = "RevisionRejected";

    /// <summary>The canary's answers are less accurate than the margin allows.</summary>
    public const string AccuracyHarmful = "AccuracyHarmful";

    /// <summary>The canary is slower than the margin allows.</summary>
    public const string LatencyHarmful = "LatencyHarmful";

    /// <summary>The canary fails more requests than the margin allows.</summary>
    public const string ErrorRateHarmful = "ErrorRateHarmful";

    /// <summary>The canary is worse by a metric from Prometheus than the margin allows.</summary>
    public const string MetricHarmful = "MetricHarmful";

    /// <summary>A webhook or a Job found the canary harmful.</summary>
    public const string GateHarmful = "GateHarmful";

    /// <summary>The new revision answers the evaluation's data set.</summary>
    public const string EvaluationRunning = "EvaluationRunning";

    /// <summary>The new revision meets what the evaluation asks.</summary>
    public const string EvaluationPassed = "EvaluationPassed";

    /// <summary>The new revision does not meet what the evaluation asks.</summary>
    public const string EvaluationFailed = "EvaluationFailed";

    /// <summary>The evaluation could not be done; nothing is known of the revision.</summary>
    public const string EvaluationError = "EvaluationError";

    /// <summary>Nothing but the truth of answers given is missing for a verdict.</summary>
    public const string WaitingForTruth = "WaitingForTruth";

    /// <summary>A Prometheus server, a webhook or a Job gives no answer that can be used: nothing is decided until it does.</summary>
    public const string MetricsUnavailable = "MetricsUnavailable";

    /// <summary>The analysis deadline passed and the data could not tell.</summary>
    public const string AnalysisDeadlineExceeded = "AnalysisDeadlineExceeded";

    /// <summary>No reports come from the routers: nothing is decided until they do.</summary>
    public const string NoMetrics = "NoMetrics";

    /// <summary>The spec breaks a rule; the message names the field, the value and what would be right.</summary>
    public const string InvalidSpec = "InvalidSpec";

    /// <summary>The Secret with the model's credentials does not exist.</summary>
    public const string SecretNotFound = "SecretNotFound";

    /// <summary>The Secret with the model's credentials lacks the keys that are read.</summary>
    public const string CredentialsMissing = "CredentialsMissing";

    /// <summary>The file that arrived has another digest than the spec asks for.</summary>
    public const string DigestMismatch = "DigestMismatch";

    /// <summary>The model could not be downloaded.</summary>
    public const string ModelDownloadFailed = "ModelDownloadFailed";

    /// <summary>The model's address is one that the installation lets no model come from.</summary>
    public const string AddressRefused = "AddressRefused";

    /// <summary>The model is not signed by the key that the spec names.</summary>
    public const string SignatureInvalid = "SignatureInvalid";

    /// <summary>The model's archive cannot be unpacked, is not safe to, or holds no model.</summary>
    public const string ArchiveInvalid = "ArchiveInvalid";

    /// <summary>There is nothing at the model's address.</summary>
    public const string ModelNotFound = "ModelNotFound";

    /// <summary>The file is not a model ONNX Runtime can run.</summary>
    public const string ModelInvalid = "ModelInvalid";

    /// <summary>An execution provider asked for cannot be had in the pod.</summary>
    public const string ProviderUnavailable = "ProviderUnavailable";

    /// <summary>The runtime was started with arguments it refuses.</summary>
    public const string InvalidConfiguration = "InvalidConfiguration";

    /// <summary>A container of the revision keeps ending.</summary>
    public const string ContainerCrashLoop = "ContainerCrashLoop";

    /// <summary>An image of the revision cannot be pulled.</summary>
    public const string ImagePullFailed = "ImagePullFailed";

    /// <summary>No node has room for a pod of the revision.</summary>
    public const string Unschedulable = "Unschedulable";

    /// <summary>The API server refuses the revision's pods: quota, admission, or a pod template that is not valid.</summary>
    public const string PodsRefused = "PodsRefused";

    /// <summary>An object of the name the operator needs exists and is not the operator's.</summary>
    public const string NameConflict = "NameConflict";

    /// <summary>The revision was not ready in time.</summary>
    public const string ProgressDeadlineExceeded = "ProgressDeadlineExceeded";

    /// <summary>A call to the API server failed; it is tried again.</summary>
    public const string ReconcileError = "ReconcileError";
}
