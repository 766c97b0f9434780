using ModelOperator.Addressing;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>The token of the cluster that a pod's identity rests on; the kubelet renews it.</summary>
internal static class IdentityFile
{
    public static async Task<string> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return new FileInfo(path).Length is > 0 and var length && length <= maxBytes
                ? (await File.ReadAllTextAsync(path, cancellationToken)).Trim()
                : throw new TerminatingException(
                    FailureReasons.CredentialsMissing,
                    $"the pod's identity token {path} is empty or longer than {maxBytes} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.CredentialsMissing, $"the pod's identity token cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>
/// Reaches the service that hands out the pod's own identity. It is at an address that models may not come from, so it has a client of its
/// own, whose requests go nowhere else but to allowed networks, and only when the identity was asked for.
/// </summary>
internal static class IdentityHttp
{
    public static HttpClient NewClient(AllowedNetworks networks) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        ConnectCallback = (context, cancellationToken) => ModelHttp.ConnectAsync(context, networks.RefusalOfIdentity, cancellationToken),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public static HttpRequestMessage GoogleRequest()
    {
        string host = Environment.GetEnvironmentVariable("GCE_METADATA_HOST") is { Length: > 0 } given ? given : "metadata.google.internal";
        HttpRequestMessage request = new(HttpMethod.Get, $"http://{host}/computeMetadata/v1/instance/service-accounts/default/token");
        request.Headers.Add("Metadata-Flavor", "Google");
        return request;
    }
}
