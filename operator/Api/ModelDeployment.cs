using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// A model served in the cluster. New revisions are rolled out as canaries and judged by evidence on accuracy, latency and errors.
/// </summary>
[KubernetesEntity(Group = Group, ApiVersion = Version, Kind = KindName, PluralName = Plural)]
[KubernetesEntityShortNames("mdep")]
[KubernetesEntityCategories("all")]
[ObjectName("^[a-z]([-a-z0-9]*[a-z0-9])?$", MaxNameLength)]
[ScaleSubresource(".spec.replicas", ".status.replicas", ".status.selector")]
[GenericAdditionalPrinterColumn(
    ".status.conditions[?(@.type==\"Ready\")].status", "Ready", "string", Description = "Whether requests are answered.")]
[GenericAdditionalPrinterColumn(".status.phase", "Phase", "string", Description = "What the rollout is doing.")]
[GenericAdditionalPrinterColumn(".status.stableRevision", "Stable", "string", Description = "Stable revision.")]
[GenericAdditionalPrinterColumn(".status.canaryRevision", "Canary", "string", Description = "Canary revision.")]
[GenericAdditionalPrinterColumn(
    ".status.canaryWeight", "Weight", "integer", Description = "Percent of requests the canary gets, as confirmed by the routers.")]
[GenericAdditionalPrinterColumn(
    ".status.message", "Message", "string", Priority = PrinterColumnPriority.WideView, Description = "What happens now and why.")]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
public sealed class ModelDeployment : CustomKubernetesEntity<ModelDeploymentSpec, ModelDeploymentStatus>
{
    /// <summary>API group.</summary>
    public const string Group = "modeloperator.io";
    /// <summary>API version.</summary>
    public const string Version = "v1alpha1";
    /// <summary>Kind.</summary>
    public const string KindName = "ModelDeployment";
    /// <summary>Name in paths.</summary>
    public const string Plural = "modeldeployments";

    /// <summary>
    /// Longest name: it becomes a Service's name and a label, and with "-" and a revision a Deployment's, none of them over 63.
    /// </summary>
    public const int MaxNameLength = 63 - 1 - RevisionHash.Length;
}

/// <summary>What to serve and how to roll it out.</summary>
[ValidationRule(
    "!has(self.feedback) || !has(self.feedback.kind) || self.feedback.kind != 'Explicit' || !has(self.rollout) || "
    + "!has(self.rollout.evaluation)",
    message: "rollout.evaluation compares predictions with ground truth, which feedback.kind Explicit does not; "
        + "want Classification or Regression")]
public sealed class ModelDeploymentSpec
{
    /// <summary>The model file and where to get it.</summary>
    [Required]
    public ModelSource Model { get; set; } = new();

    /// <summary>How pods run the model.</summary>
    public RuntimeSpec? Runtime { get; set; }

    /// <summary>Pods of the stable revision. During a rollout the canary gets its share of this number in addition.</summary>
    [DefaultValue(1), RangeMinimum(0), RangeMaximum(1000)]
    public int? Replicas { get; set; }

    /// <summary>How a new revision takes over.</summary>
    public RolloutSpec? Rollout { get; set; }

    /// <summary>How predictions are compared with ground truth from feedback. Default: labels of classes.</summary>
    public FeedbackSpec? Feedback { get; set; }
}

/// <summary>Names a Secret of the same namespace.</summary>
public sealed class LocalSecretReference
{
    /// <summary>Name of the Secret.</summary>
    [Required, Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"), Length(1, 253)]
    public string Name { get; set; } = "";
}

/// <summary>How pods run the model.</summary>
[ValidationRule(
    "!has(self.executionProviders) || (has(self.accelerator) && self.accelerator.kind == 'Gpu') || "
    + "self.executionProviders.all(p, p == 'CPU')",
    message: "execution providers other than CPU need accelerator.kind Gpu")]
[ValidationRule(
    "!has(self.executionProviders) || self.executionProviders.all(p, self.executionProviders.exists_one(q, q == p))",
    message: "executionProviders must name each provider once")]
[ValidationRule(
    "!has(self.precision) || self.precision == 'Fp32' || (has(self.executionProviders) && "
    + "self.executionProviders.exists(p, p == 'TensorRT') && self.executionProviders[0] == 'TensorRT')",
    message: "precision Fp16 needs TensorRT first in executionProviders")]
public sealed class RuntimeSpec
{
    /// <summary>Image of the inference runtime; the operator's default when absent.</summary>
    [Pattern("^\\S+$"), Length(1, 512)]
    public string? Image { get; set; }

    /// <summary>The device inference runs on. Default: the CPU.</summary>
    public AcceleratorSpec? Accelerator { get; set; }

    /// <summary>
    /// ONNX Runtime execution providers in order of preference: CUDA, TensorRT, CPU. Default: [CUDA, CPU] with a GPU, else [CPU].
    /// </summary>
    [XListType(XListType.Atomic), Items(1, 3)]
    public List<ExecutionProvider>? ExecutionProviders { get; set; }

    /// <summary>How the server computes several requests together.</summary>
    public BatchingSpec? Batching { get; set; }

    /// <summary>
    /// Requests or batches that each device computes at the same time. Default: the number of CPUs, 1 with batching, 2 on a GPU.
    /// </summary>
    [RangeMinimum(1), RangeMaximum(64)]
    public int? Instances { get; set; }

    /// <summary>Fp32, or Fp16 to let TensorRT compute with 16 bits. A model with 16-bit numbers needs no setting. Default: Fp32.</summary>
    public ModelPrecision? Precision { get; set; }

    /// <summary>
    /// CPU threads for one request or batch. Default: all CPUs of the container's limit, divided by instances if that is set.
    /// </summary>
    [RangeMinimum(1), RangeMaximum(1024)]
    public int? Threads { get; set; }

    /// <summary>Milliseconds a request may take in a pod, waiting included; then the pod answers with status 504. Default: 30000.</summary>
    [RangeMinimum(1), RangeMaximum(60000)]
    public int? RequestTimeoutMilliseconds { get; set; }

    /// <summary>
    /// Mebibytes that a request may have, at the model's address and in its pods, decompressed; a larger one is answered with status 413.
    /// Default: 64.
    /// </summary>
    [RangeMinimum(1), RangeMaximum(1024)]
    public int? MaxRequestMebibytes { get; set; }

    /// <summary>
    /// A pod template (metadata.labels, metadata.annotations and spec) that is merged over the operator's. Lists with names (containers,
    /// volumes, env) are merged by name, others are replaced. The model's container is named "runtime". Fields that reach beyond the pod,
    /// such as hostNetwork, need an administrator's leave.
    /// </summary>
    [PreserveUnknownFields]
    public System.Text.Json.Nodes.JsonObject? PodTemplate { get; set; }
}

/// <summary>The device a pod requests.</summary>
[ValidationRule(
    "self.kind == 'Gpu' || (!has(self.resourceName) && !has(self.count))",
    message: "resourceName and count belong to kind Gpu")]
public sealed class AcceleratorSpec
{
    /// <summary>Gpu or Cpu.</summary>
    [Required]
    public AcceleratorKind Kind { get; set; }

    /// <summary>With kind Gpu: the extended resource to request. Default: nvidia.com/gpu.</summary>
    [Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"), Length(3, 253)]
    public string? ResourceName { get; set; }

    /// <summary>With kind Gpu: devices for each pod. Default: 1.</summary>
    [RangeMinimum(1), RangeMaximum(16)]
    public int? Count { get; set; }
}

/// <summary>Where inference runs.</summary>
public enum AcceleratorKind
{
    /// <summary>On the CPU.</summary>
    Cpu,

    /// <summary>On a GPU.</summary>
    Gpu,
}

/// <summary>An execution provider of ONNX Runtime.</summary>
public enum ExecutionProvider
{
    /// <summary>The CPU.</summary>
    CPU,

    /// <summary>NVIDIA CUDA.</summary>
    CUDA,

    /// <summary>NVIDIA TensorRT.</summary>
    TensorRT,
}
