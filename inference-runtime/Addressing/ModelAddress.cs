namespace ModelOperator.Addressing;

/// <summary>Where a model is: one of the records below, made by <see cref="TryParse"/> alone, so that each is well-formed.</summary>
/// <param name="Name">The address as it may be logged and shown: without a query, which can hold a signature.</param>
public abstract record ModelAddress(string Name)
{
    /// <summary>Longest address.</summary>
    public const int MaxLength = 2048;

    /// <summary>What an address may look like, for people.</summary>
    public const string Forms =
        "http(s)://HOST/PATH, oci://REGISTRY/REPOSITORY[:TAG][@sha256:HEX], s3://BUCKET/KEY, azblob://ACCOUNT/CONTAINER/BLOB, "
        + "gs://BUCKET/OBJECT, hf://ORGANIZATION/REPOSITORY[@REVISION]/PATH or pvc://CLAIM/PATH";

    /// <summary>Reads an address. The problem completes a sentence about the address and repeats no secret of it.</summary>
    public static bool TryParse(string? text, out ModelAddress address, out string problem)
    {
        (ModelAddress? parsed, problem) = ModelAddressParser.Parse(text ?? "");
        address = parsed!;
        return parsed is not null;
    }
}

/// <summary>A file of a web server.</summary>
public sealed record HttpAddress(string Name, Uri Uri) : ModelAddress(Name);

/// <summary>An artifact or image of an OCI registry.</summary>
/// <param name="Name">As it may be logged.</param>
/// <param name="Registry">HOST[:PORT].</param>
/// <param name="Repository">Path of the repository.</param>
/// <param name="Reference">A digest, or else a tag.</param>
/// <param name="PlainHttp">Whether the registry speaks HTTP without TLS.</param>
public sealed record OciAddress(string Name, string Registry, string Repository, string Reference, bool PlainHttp) : ModelAddress(Name);

/// <summary>An object of S3, or of a store that speaks its API.</summary>
/// <param name="Name">As it may be logged.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key, decoded.</param>
/// <param name="Endpoint">Another store than Amazon's.</param>
/// <param name="Region">The region, where it is said.</param>
/// <param name="PathStyle">Whether the bucket is in the path, not in the host's name, where it is said.</param>
public sealed record S3Address(string Name, string Bucket, string Key, Uri? Endpoint, string? Region, bool? PathStyle) : ModelAddress(Name);

/// <summary>A blob of Azure Storage.</summary>
/// <param name="Name">As it may be logged.</param>
/// <param name="Account">The storage account.</param>
/// <param name="Container">The container.</param>
/// <param name="Blob">The blob's name, decoded.</param>
/// <param name="Endpoint">Another blob service than the account's in the public cloud.</param>
public sealed record AzureBlobAddress(string Name, string Account, string Container, string Blob, Uri? Endpoint) : ModelAddress(Name);

/// <summary>An object of Google Cloud Storage.</summary>
/// <param name="Name">As it may be logged.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Object">The object's name, decoded.</param>
/// <param name="Endpoint">Another host than Google's.</param>
public sealed record GoogleStorageAddress(string Name, string Bucket, string Object, Uri? Endpoint) : ModelAddress(Name);

/// <summary>A file of a Hugging Face repository.</summary>
/// <param name="Name">As it may be logged.</param>
/// <param name="Repository">ORGANIZATION/REPOSITORY.</param>
/// <param name="Revision">Branch, tag or commit.</param>
/// <param name="Path">Path in the repository, decoded.</param>
/// <param name="Endpoint">A mirror.</param>
public sealed record HuggingFaceAddress(string Name, string Repository, string Revision, string Path, Uri? Endpoint) : ModelAddress(Name);

/// <summary>A file or folder of a PersistentVolumeClaim of the pod's namespace.</summary>
/// <param name="Name">As it may be logged.</param>
/// <param name="Claim">Name of the claim.</param>
/// <param name="Path">Path on the volume, decoded, without a leading slash.</param>
public sealed record VolumeAddress(string Name, string Claim, string Path) : ModelAddress(Name);
