using ModelOperator.Addressing;
using ModelOperator.Server.Fetching.Http;

namespace ModelOperator.Server.Fetching.Stores;

/// <summary>A blob of Azure Storage, by its REST interface.</summary>
internal sealed class AzureBlobStore(AzureBlobAddress address, StoreContext context) : IModelStore
{
    public Task<ModelContent> ResolveAsync(CancellationToken cancellationToken)
    {
        string endpoint = context.Endpoint(address.Endpoint, $"https://{address.Account}.blob.core.windows.net");
        Authorization authorization = Authorize();
        return Task.FromResult(ModelContent.Of(File("", endpoint, authorization), File(".sig", endpoint, authorization)));
    }

    private RemoteFile File(string suffix, string endpoint, Authorization authorization) => new(
        address.Name + suffix, StoreContext.ObjectUri(endpoint, $"{address.Container}/{address.Blob}{suffix}"), authorization)
    {
        HasRanges = true,
    };

    private Authorization Authorize()
    {
        if (context.Options.Credentials is { } secret)
        {
            return secret.Text("sasToken", "AZURE_STORAGE_SAS_TOKEN") is { } sas ? new AzureSasAuthorization(sas)
                : secret.Text("accountKey", "AZURE_STORAGE_KEY") is { } key ? new AzureKeyAuthorization(address.Account, key, context.Time)
                : secret.Text("token") is { } token ? new AzureTokenAuthorization(_ => Task.FromResult(token))
                : throw context.MissingKeys("one of the keys 'sasToken', 'accountKey' and 'token'");
        }

        AzureWorkloadIdentity? identity = AzureWorkloadIdentity.FromEnvironment(context);
        return identity is not null ? new AzureTokenAuthorization(new CachedToken(identity.GetTokenAsync, context.Time).GetAsync)
            : context.Options.WorkloadIdentity
            ? throw new TerminatingException(
                FailureReasons.CredentialsMissing,
                "the pod has no Azure workload identity: AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE are not set; its service account and label make the cluster set them")
            : AzureAnonymous.Instance;
    }
}
