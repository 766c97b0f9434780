using System.Text.Json.Serialization;

namespace ModelOperator.Fetch.Stores.Oci;

/// <summary>A manifest of an artifact or image, or an index of manifests.</summary>
internal sealed record OciManifest
{
    public string? MediaType { get; init; }

    public List<OciDescriptor>? Manifests { get; init; }

    public List<OciDescriptor>? Layers { get; init; }
}

/// <summary>Points at a manifest or a blob.</summary>
internal sealed record OciDescriptor
{
    private const string TitleAnnotation = "org.opencontainers.image.title";
    private const string Sha256 = "sha256:";

    public string? MediaType { get; init; }

    public string? Digest { get; init; }

    public long Size { get; init; }

    public OciPlatform? Platform { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>Name of the file, where it was pushed as one.</summary>
    [JsonIgnore]
    public string? Title => Annotations?.GetValueOrDefault(TitleAnnotation) is { Length: > 0 } title ? title : null;

    /// <summary>Digits of the digest.</summary>
    [JsonIgnore]
    public string Hex => Digest is not null && Digest.StartsWith(Sha256, StringComparison.Ordinal) && Digest.Length == Sha256.Length + 64
        && Digest[Sha256.Length..].All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'))
        ? Digest[Sha256.Length..]
        : throw new TerminatingException(
            FailureReasons.ModelInvalid, $"the registry names a blob by '{Digest}', expected sha256: and 64 digits");
}

/// <summary>What an image runs on.</summary>
internal sealed record OciPlatform
{
    public string? Architecture { get; init; }

    [JsonPropertyName("os")]
    public string? OperatingSystem { get; init; }
}

/// <summary>Credentials as Docker keeps them.</summary>
internal sealed record DockerConfiguration
{
    public Dictionary<string, DockerCredential>? Auths { get; init; }
}

/// <summary>Credentials for one registry.</summary>
internal sealed record DockerCredential
{
    public string? Auth { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; init; }
}

/// <summary>What cosign signs for an artifact.</summary>
internal sealed record SimpleSigning
{
    public SimpleSigningCritical? Critical { get; init; }
}

/// <summary>The part of it that says what is signed.</summary>
internal sealed record SimpleSigningCritical
{
    public SimpleSigningImage? Image { get; init; }

    public string? Type { get; init; }
}

/// <summary>The artifact signed.</summary>
internal sealed record SimpleSigningImage
{
    [JsonPropertyName("docker-manifest-digest")]
    public string? Digest { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OciManifest))]
[JsonSerializable(typeof(DockerConfiguration))]
[JsonSerializable(typeof(SimpleSigning))]
internal sealed partial class OciJson : JsonSerializerContext;
