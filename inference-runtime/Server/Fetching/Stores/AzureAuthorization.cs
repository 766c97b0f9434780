using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ModelOperator.Server.Fetching.Http;

namespace ModelOperator.Server.Fetching.Stores;

/// <summary>What every request to Azure Storage has.</summary>
internal abstract class AzureAuthorization : Authorization
{
    private const string Version = "2021-12-02";

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Remove("x-ms-version");
        request.Headers.Add("x-ms-version", Version);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A blob that everybody may read.</summary>
internal sealed class AzureAnonymous : AzureAuthorization
{
    public static AzureAnonymous Instance { get; } = new();
}

/// <summary>A shared access signature: a query that is the right to read.</summary>
internal sealed class AzureSasAuthorization(string token) : AzureAuthorization
{
    public override bool HasCredentials => true;

    public override bool AppliesToRedirects => false;

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new UriBuilder(request.RequestUri!) { Query = token.TrimStart('?') }.Uri;
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

/// <summary>A key of the account, with which each request is signed.</summary>
internal sealed class AzureKeyAuthorization : AzureAuthorization
{
    private readonly string _account;
    private readonly byte[] _key;
    private readonly TimeProvider _time;

    public AzureKeyAuthorization(string account, string key, TimeProvider time)
    {
        (_account, _time) = (account, time);
        try
        {
            _key = Convert.FromBase64String(key);
        }
        catch (FormatException e)
        {
            throw new TerminatingException(FailureReasons.CredentialsMissing, "the credential 'accountKey' is not base64", e);
        }
    }

    public override bool HasCredentials => true;

    public override async ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await base.ApplyAsync(request, cancellationToken);
        request.Headers.Remove("x-ms-date");
        request.Headers.Add("x-ms-date", _time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));

        // The method, eleven headers of which only the range is ever set, the headers of Azure, and the resource.
        string range = request.Headers.Range?.ToString() ?? "";
        IEnumerable<string> headers = request.Headers
            .Where(header => header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
            .Select(header => $"{header.Key.ToLowerInvariant()}:{string.Join(',', header.Value)}\n");
        string toSign = $"GET\n\n\n\n\n\n\n\n\n\n\n{range}\n{string.Concat(headers)}/{_account}{request.RequestUri!.AbsolutePath}";
        string signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(toSign)));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{_account}:{signature}");
    }
}
