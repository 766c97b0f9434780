using ModelOperator.Addressing;
using ModelOperator.Fetch.Archives;
using ModelOperator.Fetch.Signatures;
using ModelOperator.Fetch.Stores;

namespace ModelOperator.Fetch;

/// <summary>What <c>fetch</c> was asked to do.</summary>
public sealed record FetchOptions
{
    public required ModelAddress Address { get; init; }

    /// <summary>SHA-256 that the file must have, in lower-case hexadecimal digits; null takes any.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Digest of all that an earlier fetch for the same purpose got, and this one has to get as well; null takes any.</summary>
    public string? Pin { get; init; }

    public required string Output { get; init; }

    public SecretFolder? Credentials { get; init; }

    /// <summary>Signs in as the pod's service account, where the cloud provider gives it an identity.</summary>
    public bool WorkloadIdentity { get; init; }

    /// <summary>Who must have signed the model; null asks for no signature.</summary>
    public SignatureKey? SignatureKey { get; init; }

    /// <summary>Which addresses the model may come from.</summary>
    public AllowedNetworks Networks { get; init; } = AllowedNetworks.PublicOnly;

    /// <summary>Where the volume of a pvc:// address is mounted.</summary>
    public string? Volume { get; init; }

    /// <summary>Folder that many fetches share what they downloaded in; null for none.</summary>
    public string? Cache { get; init; }

    /// <summary>What the cache may hold.</summary>
    public long CacheBytes { get; init; } = 100L * 1024 * 1024 * 1024;

    /// <summary>Whether an archive is unpacked, or is what was asked for.</summary>
    public bool Unpack { get; init; } = true;

    public ArchiveLimits ArchiveLimits { get; init; } = new();

    public long MaxBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    public int MaxRedirects { get; init; } = 10;

    /// <summary>Parts downloaded at the same time.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>A file larger than this is downloaded in parts of at least this size.</summary>
    public long PartBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>Further tries after one that failed for a reason that may pass.</summary>
    public int Retries { get; init; } = 6;

    /// <summary>Pause before the first further try; it doubles from one to the next.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the answer may take to begin, and to go on when it has begun.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long everything may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);
}
