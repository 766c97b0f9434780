using System.Net.Http.Headers;

namespace ModelOperator.Kubernetes.Client.Transport;

/// <summary>One call, described so that it can be sent more than once.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="PathAndQuery">From the server's root, with no slash in front.</param>
internal sealed record ApiRequest(HttpMethod Method, string PathAndQuery)
{
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Doing it twice is as good as doing it once, so it may be sent again when nobody knows whether it arrived.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Path alone: queries are long and say little.</summary>
    public string Path => PathAndQuery.Split('?', 2)[0];

    public HttpRequestMessage ToMessage(KubernetesClientConfiguration configuration, string? bearerToken)
    {
        var root = configuration.Server.AbsoluteUri;
        var message = new HttpRequestMessage(Method, new Uri(root.EndsWith('/') ? root + PathAndQuery : $"{root}/{PathAndQuery}"))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        message.Headers.TryAddWithoutValidation("User-Agent", configuration.UserAgent);
        configuration.Impersonation?.AddTo(message.Headers);
        if (configuration.Trust.ServerName is { } serverName)
        {
            // The handler asks for, and checks, the certificate of the host named here.
            message.Headers.Host = serverName;
        }

        if (bearerToken is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearerToken);
        }

        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        }

        return message;
    }
}
