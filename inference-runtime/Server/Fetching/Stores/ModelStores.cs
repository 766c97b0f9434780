using ModelOperator.Addressing;

namespace ModelOperator.Server.Fetching.Stores;

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
