using Azure.Storage;
using Azure.Storage.Sas;
using ModelOperator.Addressing;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>A blob of Azure Storage. The SDK signs for an account key; the blob is downloaded as every other file is.</summary>
internal sealed class AzureBlobStore(AzureBlobAddress address, StoreContext context) : IModelStore
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public Task<ModelContent> ResolveAsync(CancellationToken cancellationToken)
    {
        string endpoint = context.Endpoint(address.Endpoint, $"https://{address.Account}.blob.core.windows.net");
        Func<string, Authorization> authorize = Authorize();
        return Task.FromResult(ModelContent.Of((beside, suffix) =>
        {
            string blob = StoreContext.Sibling(address.Blob, beside) + suffix;
            return new RemoteFile(
                StoreContext.Sibling(address.Name, beside) + suffix,
                StoreContext.ObjectUri(endpoint, $"{address.Container}/{blob}"),
                authorize(blob));
        }));
    }

    /// <summary>How requests for a blob say who asks.</summary>
    private Func<string, Authorization> Authorize()
    {
        if (context.Options.Credentials is { } secret)
        {
            return secret.Text("sasToken", "AZURE_STORAGE_SAS_TOKEN") is { } sas ? _ => new AzureSasAuthorization(() => sas)
                : secret.Text("accountKey", "AZURE_STORAGE_KEY") is { } key ? ByKey(key)
                : secret.Text("token") is { } token ? _ => new AzureTokenAuthorization(_ => Task.FromResult(token))
                : throw context.MissingKeys("one of the keys 'sasToken', 'accountKey' and 'token'");
        }

        if (AzureWorkloadIdentity.FromEnvironment(context) is { } identity)
        {
            CachedToken cached = new(identity.GetTokenAsync, context.Time);
            return _ => new AzureTokenAuthorization(cached.GetAsync);
        }

        return context.Options.WorkloadIdentity
            ? throw new TerminatingException(
                FailureReasons.CredentialsMissing,
                "the pod has no Azure workload identity: AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE are not set; "
                + "its service account and label make the cluster set them")
            : _ => new AzureAuthorization();
    }

    private Func<string, Authorization> ByKey(string text)
    {
        StorageSharedKeyCredential key;
        try
        {
            key = new StorageSharedKeyCredential(address.Account, text);
        }
        catch (FormatException e)
        {
            throw new TerminatingException(FailureReasons.CredentialsMissing, "the credential 'accountKey' is not base64", e);
        }

        return blob => new AzureSasAuthorization(() =>
            new BlobSasBuilder(BlobSasPermissions.Read, context.Time.GetUtcNow() + Lifetime)
            {
                BlobContainerName = address.Container,
                BlobName = blob,
                Resource = "b",
            }
                .ToSasQueryParameters(key).ToString());
    }
}
