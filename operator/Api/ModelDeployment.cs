using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>A model served in the cluster; a new revision of it is rolled out by evidence on accuracy, latency and errors.</summary>
[KubernetesEntity(Group = Group, ApiVersion = Version, Kind = KindName, PluralName = Plural, ShortNames = ["mdep"], Categories = ["all"])]
[ObjectName("^[a-z]([-a-z0-9]*[a-z0-9])?$", MaxNameLength)]
[ScaleSubresource(SpecReplicasPath = ".spec.replicas", StatusReplicasPath = ".status.replicas", LabelSelectorPath = ".status.selector")]
[AdditionalPrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status", Description = "Whether the stable revision serves.")]
[AdditionalPrinterColumn("Phase", ".status.phase", Description = "What the rollout is doing.")]
[AdditionalPrinterColumn("Stable", ".status.stableRevision", Description = "Revision that serves.")]
[AdditionalPrinterColumn("Canary", ".status.canaryRevision", Description = "Revision on trial.")]
[AdditionalPrinterColumn("Weight", ".status.canaryWeight", "integer", Description = "Percent of requests the canary gets, as the routers confirm it.")]
[AdditionalPrinterColumn("Message", ".status.message", Priority = 1, Description = "What happens now and why.")]
[AdditionalPrinterColumn("Age", ".metadata.creationTimestamp", "date")]
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

    /// <summary>Longest name: it becomes a Service's name and a label, and with "-" and a revision a Deployment's, none of them over 63.</summary>
    public const int MaxNameLength = 63 - 1 - RevisionHash.Length;
}

/// <summary>What to serve and how to roll it out.</summary>
[ValidationRule(
    "!has(self.feedback) || !has(self.feedback.kind) || self.feedback.kind != 'Explicit' || !has(self.rollout) || !has(self.rollout.evaluation)",
    Message = "rollout.evaluation holds the truth against predictions, which feedback.kind Explicit does not; want Classification or Regression")]
public sealed class ModelDeploymentSpec
{
    /// <summary>The model file and where to get it.</summary>
    [Required]
    public ModelSource Model { get; set; } = new();

    /// <summary>How pods run the model.</summary>
    public RuntimeSpec? Runtime { get; set; }

    /// <summary>Pods of the stable revision. During a rollout the canary gets its share of pods beside them.</summary>
    [Default("1"), Range(Minimum = 0, Maximum = 1000)]
    public int? Replicas { get; set; }

    /// <summary>How a new revision takes over.</summary>
    public RolloutSpec? Rollout { get; set; }

    /// <summary>How the truth is held against predictions when it becomes known; labels of classes when absent.</summary>
    public FeedbackSpec? Feedback { get; set; }
}

/// <summary>Names a Secret of the same namespace.</summary>
public sealed class LocalSecretReference
{
    /// <summary>Name of the Secret.</summary>
    [Required, Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"), Length(Minimum = 1, Maximum = 253)]
    public string Name { get; set; } = "";
}

/// <summary>How pods run the model.</summary>
[ValidationRule(
    "!has(self.executionProviders) || (has(self.accelerator) && self.accelerator.kind == 'Gpu') || self.executionProviders.all(p, p == 'CPU')",
    Message = "execution providers other than CPU need accelerator.kind Gpu")]
[ValidationRule(
    "!has(self.executionProviders) || self.executionProviders.all(p, self.executionProviders.exists_one(q, q == p))",
    Message = "executionProviders must name each provider once")]
[ValidationRule(
    "!has(self.precision) || self.precision == 'Fp32' || (has(self.executionProviders) && self.executionProviders.exists(p, p == 'TensorRT') && self.executionProviders[0] == 'TensorRT')",
    Message = "precision Fp16 needs TensorRT first in executionProviders")]
public sealed class RuntimeSpec
{
    /// <summary>Image of the inference runtime; the operator's default when absent.</summary>
    [Pattern("^\\S+$"), Length(Minimum = 1, Maximum = 512)]
    public string? Image { get; set; }

    /// <summary>The device inference runs on; the processor when absent.</summary>
    public AcceleratorSpec? Accelerator { get; set; }

    /// <summary>ONNX Runtime execution providers in order of preference: CUDA, TensorRT, CPU. Default: [CUDA, CPU] with a GPU, else [CPU].</summary>
    [AtomicList, Length(Minimum = 1, Maximum = 3)]
    public List<ExecutionProvider>? ExecutionProviders { get; set; }

    /// <summary>How requests that arrive together are computed together.</summary>
    public BatchingSpec? Batching { get; set; }

    /// <summary>Requests, or batches of them, that are computed at the same time on each device. Default: as many as there are CPUs, 1 when requests are batched, 2 on a GPU.</summary>
    [Range(Minimum = 1, Maximum = 64)]
    public int? Instances { get; set; }

    /// <summary>Fp32, or Fp16 to have TensorRT compute with 16 bits. A model that has numbers of 16 bits itself needs no setting. Default: Fp32.</summary>
    public ModelPrecision? Precision { get; set; }

    /// <summary>CPU threads that compute one request or batch. Default: all CPUs of the container's limit, divided by instances where that is set.</summary>
    [Range(Minimum = 1, Maximum = 1024)]
    public int? Threads { get; set; }

    /// <summary>Milliseconds a request may wait and compute in a pod, which then answers with status 504. Default: 30000.</summary>
    [Range(Minimum = 1, Maximum = 60000)]
    public int? RequestTimeoutMilliseconds { get; set; }

    /// <summary>
    /// A pod template (metadata.labels, metadata.annotations and spec) merged over what the operator writes: lists with names (containers,
    /// volumes, env) by name, others replaced. The model's container is named "runtime".
    /// </summary>
    [PreserveUnknownFields]
    public System.Text.Json.Nodes.JsonObject? PodTemplate { get; set; }
}

/// <summary>The device a pod asks for.</summary>
[ValidationRule("self.kind == 'Gpu' || (!has(self.resourceName) && !has(self.count))", Message = "resourceName and count belong to kind Gpu")]
public sealed class AcceleratorSpec
{
    /// <summary>Gpu or Cpu.</summary>
    [Required]
    public AcceleratorKind Kind { get; set; }

    /// <summary>With kind Gpu: the extended resource to ask for. Default: nvidia.com/gpu.</summary>
    [Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"), Length(Minimum = 3, Maximum = 253)]
    public string? ResourceName { get; set; }

    /// <summary>With kind Gpu: devices for each pod. Default: 1.</summary>
    [Range(Minimum = 1, Maximum = 16)]
    public int? Count { get; set; }
}

/// <summary>Where inference runs.</summary>
public enum AcceleratorKind
{
    /// <summary>On the processor.</summary>
    Cpu,

    /// <summary>On a graphics processor.</summary>
    Gpu,
}

/// <summary>An execution provider of ONNX Runtime.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor.</summary>
    CPU,

    /// <summary>NVIDIA CUDA.</summary>
    CUDA,

    /// <summary>NVIDIA TensorRT.</summary>
    TensorRT,
}
