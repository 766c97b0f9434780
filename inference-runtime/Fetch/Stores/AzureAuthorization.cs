using System.Net.Http.Headers;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>What every request to Azure Storage has; alone, it reads blobs that everybody may read.</summary>
internal class AzureAuthorization : Authorization
{
    private const string Version = "2021-12-02";

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Remove("x-ms-version");
        request.Headers.Add("x-ms-version", Version);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A shared access signature: a query that is the right to read.</summary>
internal sealed class AzureSasAuthorization(Func<string> token) : AzureAuthorization
{
    public override bool HasCredentials => true;

    public override bool AppliesToRedirects => false;

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new UriBuilder(request.RequestUri!) { Query = token().TrimStart('?') }.Uri;
        return base.ApplyAsync(request, cancellationToken);
    }
}

/// <summary>A token of the directory.</summary>
internal sealed class AzureTokenAuthorization(Func<CancellationToken, Task<string>> token) : AzureAuthorization
{
    public override bool HasCredentials => true;

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellationToken));
        await base.ApplyAsync(request, cancellationToken);
    }
}
