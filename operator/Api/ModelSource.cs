using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>The model file.</summary>
[ValidationRule(
    "!has(self.workloadIdentity) || !self.workloadIdentity || (!has(self.credentialsSecretRef) && (self.uri.startsWith('s3://') || "
    + "self.uri.startsWith('azblob://') || self.uri.startsWith('gs://')))",
    message: "workloadIdentity is for s3, azblob and gs, and replaces credentialsSecretRef")]
[ValidationRule(
    "!has(self.credentialsSecretRef) || !self.uri.startsWith('pvc://')",
    message: "credentialsSecretRef is for models fetched over the network; a pvc:// address needs none")]
[ValidationRule(
    "!has(self.cache) || ((has(self.digest) || self.uri.startsWith('oci://')) && !self.uri.startsWith('pvc://'))",
    message: "cache needs a digest to identify the file (an oci:// address has one), and is not used with a pvc:// address")]
public sealed class ModelSource
{
    /// <summary>
    /// Address of an ONNX file, or of an archive (tar, tar.gz, zip) with one and the files it needs: http(s)://HOST/PATH,
    /// oci://REGISTRY/REPOSITORY[:TAG][@sha256:HEX], s3://BUCKET/KEY, azblob://ACCOUNT/CONTAINER/BLOB, gs://BUCKET/OBJECT,
    /// hf://ORGANIZATION/REPOSITORY[@REVISION]/PATH or pvc://CLAIM/PATH. Put user names and passwords into credentialsSecretRef, never
    /// here. A web address has no ?query, such as that of a pre-signed URL.
    /// </summary>
    [Required, Pattern(Addresses.Pattern), Length(8, 2048)]
    public string Uri { get; set; } = "";

    /// <summary>Digest of the file or archive as sha256:HEX; a download with another digest is refused.</summary>
    [Pattern("^sha256:[0-9a-f]{64}$"), Length(maxLength: 71)]
    public string? Digest { get; set; }

    /// <summary>
    /// Secret of the namespace with the store's credentials: the keys token, or username and password; for oci also .dockerconfigjson; for
    /// s3 accessKeyId and secretAccessKey; for azblob sasToken or accountKey; for gs key.json. The key endpoint
    /// names the endpoint that they are sent to, such as https://models.example.com: http(s) and oci need it, except for .dockerconfigjson.
    /// </summary>
    public LocalSecretReference? CredentialsSecretRef { get; set; }

    /// <summary>
    /// Signs in to s3, azblob or gs with the cloud identity of the pod's service account, which spec.runtime.podTemplate names. Default:
    /// false.
    /// </summary>
    public bool? WorkloadIdentity { get; set; }

    /// <summary>The key that must have signed the model. A model without its signature is refused.</summary>
    public ModelSignature? Signature { get; set; }

    /// <summary>A volume on which pods share downloads.</summary>
    public ModelCache? Cache { get; set; }
}

/// <summary>A cosign signature: in the registry for an oci address, else in base64 at the same address with .sig appended.</summary>
public sealed class ModelSignature
{
    /// <summary>The public key: ECDSA on the curve P-256, as PEM.</summary>
    [Required]
    public SecretKeyReference PublicKeySecretRef { get; set; } = new();
}

/// <summary>Names a key of a Secret of the same namespace.</summary>
public sealed class SecretKeyReference
{
    /// <summary>Name of the Secret.</summary>
    [Required, Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"), Length(1, 253)]
    public string Name { get; set; } = "";

    /// <summary>Key in it. Default: cosign.pub.</summary>
    [Pattern("^[-._a-zA-Z0-9]+$"), Length(1, 253)]
    public string? Key { get; set; }
}

/// <summary>A volume on which pods share downloads, each file under its digest.</summary>
public sealed class ModelCache
{
    /// <summary>
    /// Name of a PersistentVolumeClaim of the same namespace. All nodes must be able to write to it (ReadWriteMany), unless all pods run on
    /// one node.
    /// </summary>
    [Required, Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"), Length(1, 253)]
    public string ClaimName { get; set; } = "";
}

/// <summary>What addresses of models and data sets have in common.</summary>
internal static class Addresses
{
    /// <summary>What the API server can check; the rest is checked by the operator.</summary>
    public const string Pattern = @"^(https?://[^/?#@\s]+/[^?\s]+|(oci|s3|azblob|gs|hf|pvc)://[^/?#@\s]+/\S+)$";
}
