using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Client.Authentication;

/// <summary>client.authentication.k8s.io ExecCredential: what a plugin is told and what it answers.</summary>
internal sealed class ExecCredential
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public ExecCredentialSpec? Spec { get; set; }
    public ExecCredentialStatus? Status { get; set; }
}

internal sealed class ExecCredentialSpec
{
    public ExecCluster? Cluster { get; set; }
    public bool Interactive { get; set; }
}

/// <summary>The cluster the credentials are for, told to plugins that ask for it (provideClusterInfo).</summary>
internal sealed class ExecCluster
{
    public string Server { get; set; } = "";

    [JsonPropertyName("tls-server-name")]
    public string? TlsServerName { get; set; }

    [JsonPropertyName("insecure-skip-tls-verify")]
    public bool? InsecureSkipTlsVerify { get; set; }

    [JsonPropertyName("certificate-authority-data")]
    public byte[]? CertificateAuthorityData { get; set; }

    [JsonPropertyName("proxy-url")]
    public string? ProxyUrl { get; set; }
}

internal sealed class ExecCredentialStatus
{
    public DateTimeOffset? ExpirationTimestamp { get; set; }
    public string? Token { get; set; }
    public string? ClientCertificateData { get; set; }
    public string? ClientKeyData { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class ExecJsonContext : JsonSerializerContext;
