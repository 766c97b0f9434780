using ModelOperator.Addressing;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>Knows how the files of a model are got from one kind of store.</summary>
internal interface IModelStore
{
    /// <summary>Finds out what is to be downloaded.</summary>
    Task<ModelContent> ResolveAsync(CancellationToken cancellationToken);
}

/// <summary>What is to be downloaded for a model.</summary>
/// <param name="Files">The model file or an archive with it, and files that belong to it.</param>
internal sealed record ModelContent(IReadOnlyList<ContentFile> Files)
{
    private const string SignatureSuffix = ".sig";

    /// <summary>The signature of the only file; null when there is none beside it.</summary>
    public RemoteFile? Signature { get; init; }

    /// <summary>Whether what is asked for is known to be signed already.</summary>
    public bool IsVerified { get; init; }

    /// <summary>Finds a file that lies in the same folder as the only one, and its signature; null where there are no folders.</summary>
    public Func<string, (RemoteFile File, RemoteFile Signature)>? Beside { get; init; }

    /// <summary>The content that one file of a store with paths is.</summary>
    /// <param name="at">Finds the file, or one in its folder by name, whose path goes on with a suffix.</param>
    public static ModelContent Of(Func<string?, string, RemoteFile> at) => new([new ContentFile(null, at(null, ""))])
    {
        Signature = at(null, SignatureSuffix),
        Beside = name => (at(name, ""), at(name, SignatureSuffix)),
    };
}

/// <summary>A file of a model.</summary>
/// <param name="Path">Where it goes, relative to the model's folder; null for the only file.</param>
/// <param name="File">The file.</param>
internal sealed record ContentFile(string? Path, RemoteFile File)
{
    /// <summary>Whether it is to be unpacked. What the only file is, is seen in it.</summary>
    public bool IsArchive { get; init; }
}

/// <summary>The store that an address is in.</summary>
internal static class ModelStores
{
    public static IModelStore Open(StoreContext context) => context.Options.Address switch
    {
        HttpAddress http => new HttpStore(http, context),
        OciAddress oci => new Oci.OciStore(oci, context),
        S3Address s3 => new S3Store(s3, context),
        AzureBlobAddress blob => new AzureBlobStore(blob, context),
        GoogleStorageAddress google => new GoogleStore(google, context),
        HuggingFaceAddress face => new HuggingFaceStore(face, context),
        var other => throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{other.Name} is not fetched over the network"),
    };
}
