using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// Sends a labelled data set to the new revision and to the stable one before the new one gets any traffic. A revision that fails is
/// rejected; one that could not be evaluated waits.
/// </summary>
[ValidationRule(
    "has(self.minAccuracyPercent) || has(self.maxAccuracyDropPercent) || has(self.maxMilliseconds)",
    message: "set at least one of minAccuracyPercent, maxAccuracyDropPercent and maxMilliseconds; without a limit every revision passes")]
[ValidationRule("!has(self.quantilePercent) || has(self.maxMilliseconds)", message: "quantilePercent needs maxMilliseconds")]
public sealed class EvaluationSpec
{
    /// <summary>The labelled data.</summary>
    [Required]
    public EvaluationDataset Dataset { get; set; } = new();

    /// <summary>Percent of rows the new revision must answer right.</summary>
    [RangeMinimum(1), RangeMaximum(100)]
    public int? MinAccuracyPercent { get; set; }

    /// <summary>Percentage points by which the new revision's accuracy may be lower than stable's on the same rows.</summary>
    [RangeMinimum(0), RangeMaximum(100)]
    public int? MaxAccuracyDropPercent { get; set; }

    /// <summary>Maximum of the new revision's latency at the quantile, in milliseconds.</summary>
    [RangeMinimum(1), RangeMaximum(600000)]
    public int? MaxMilliseconds { get; set; }

    /// <summary>With maxMilliseconds: the quantile, in percent. Default: 95.</summary>
    [RangeMinimum(50), RangeMaximum(99)]
    public int? QuantilePercent { get; set; }

    /// <summary>Rows in flight at the same time.</summary>
    [DefaultValue(4), RangeMinimum(1), RangeMaximum(64)]
    public int? Concurrency { get; set; }

    /// <summary>Seconds the evaluation may take.</summary>
    [DefaultValue(3600), RangeMinimum(10), RangeMaximum(86400)]
    public int? DeadlineSeconds { get; set; }
}

/// <summary>Labelled data: NDJSON, one row a line, at most 1 million rows. Exactly one source.</summary>
[ValidationRule(
    "[has(self.uri), has(self.configMapKeyRef), has(self.persistentVolumeClaim)].exists_one(x, x)",
    message: "give exactly one of uri, configMapKeyRef and persistentVolumeClaim")]
[ValidationRule(
    "!has(self.credentialsSecretRef) || (has(self.uri) && !self.uri.startsWith('pvc://'))",
    message: "credentialsSecretRef belongs to a uri that is fetched over the network")]
[ValidationRule(
    "!has(self.workloadIdentity) || !self.workloadIdentity || (has(self.uri) && !has(self.credentialsSecretRef) && "
    + "(self.uri.startsWith('s3://') || self.uri.startsWith('azblob://') || self.uri.startsWith('gs://')))",
    message: "workloadIdentity is for s3, azblob and gs, and replaces credentialsSecretRef")]
public sealed class EvaluationDataset
{
    /// <summary>Address of the file, of the same kinds as spec.model.uri. It is not unpacked.</summary>
    [Pattern(Addresses.Pattern), Length(8, 2048)]
    public string? Uri { get; set; }

    /// <summary>A key of a ConfigMap of the namespace.</summary>
    public ConfigMapKeyReference? ConfigMapKeyRef { get; set; }

    /// <summary>A file on a volume.</summary>
    public VolumeFileReference? PersistentVolumeClaim { get; set; }

    /// <summary>Digest of the file as sha256:HEX; data with another digest is refused.</summary>
    [Pattern("^sha256:[0-9a-f]{64}$"), Length(maxLength: 71)]
    public string? Digest { get; set; }

    /// <summary>With uri: Secret of the namespace with the same keys as for spec.model.credentialsSecretRef.</summary>
    public LocalSecretReference? CredentialsSecretRef { get; set; }

    /// <summary>
    /// With uri: signs in to s3, azblob or gs with the cloud identity of the pod's service account, which spec.runtime.podTemplate names.
    /// Default: false.
    /// </summary>
    public bool? WorkloadIdentity { get; set; }
}

/// <summary>Names a key of a ConfigMap of the same namespace.</summary>
public sealed class ConfigMapKeyReference
{
    /// <summary>Name of the ConfigMap.</summary>
    [Required, Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"), Length(1, 253)]
    public string Name { get; set; } = "";

    /// <summary>Key in it.</summary>
    [Required, Pattern("^[-._a-zA-Z0-9]+$"), Length(1, 253)]
    public string Key { get; set; } = "";
}

/// <summary>Names a file on a volume.</summary>
public sealed class VolumeFileReference
{
    /// <summary>Name of a PersistentVolumeClaim of the same namespace; mounted read-only.</summary>
    [Required, Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"), Length(1, 253)]
    public string ClaimName { get; set; } = "";

    /// <summary>Path of the file on the volume, without a leading slash.</summary>
    [Required, Pattern("^[^/\\s][^\\s]*$"), Length(1, 1024)]
    public string Path { get; set; } = "";
}
