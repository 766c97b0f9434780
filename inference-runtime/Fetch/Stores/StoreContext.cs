using ModelOperator.Addressing;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>What stores are reached with.</summary>
internal sealed record StoreContext(
    FetchOptions Options, HttpClient Http, ModelClient Client, Tries Tries, TimeProvider Time, ILogger Logger)
{
    /// <summary>Answers of earlier fetches; null without a cache.</summary>
    public KeptAnswers? Kept { get; } = Options.Cache is { } cache ? new KeptAnswers(Path.Combine(cache, "answers")) : null;

    /// <summary>Where an object is under an endpoint: each part of its path is encoded.</summary>
    public static Uri ObjectUri(string endpoint, string path) =>
        new($"{endpoint.TrimEnd('/')}/{Encode(path)}");

    /// <summary>A path with each part of it encoded.</summary>
    public static string Encode(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>The path of a file in the same folder as another one; that one's own when there is no name.</summary>
    public static string Sibling(string path, string? name) => name is null ? path : path[..(path.LastIndexOf('/') + 1)] + name;

    /// <summary>
    /// The endpoint of an address, else of the secret, else the standard one. An address never leads a secret to an endpoint that it does
    /// not name.
    /// </summary>
    public string Endpoint(Uri? ofAddress, string standard)
    {
        // S3's secret key signs and stays here, and the signature is good for one host.
        if (ofAddress is not null && Options is { Credentials: not null, Address: not S3Address })
        {
            RequireSecretFor(ofAddress);
        }

        string? ofSecret = EndpointOfSecret();
        if (ofSecret is not null && ofAddress is not null && !ModelClient.SameOrigin(new Uri(ofSecret), ofAddress))
        {
            throw ForAnother(ofAddress);
        }

        return ofAddress?.OriginalString ?? ofSecret ?? standard;
    }

    /// <summary>
    /// Refuses a secret that does not say that it is for a place. Whoever may write a ModelDeployment may name any Secret of the namespace
    /// and any address, so only what the Secret itself says keeps it from being sent to a stranger.
    /// </summary>
    public void RequireSecretFor(Uri place)
    {
        if (EndpointOfSecret() is not { } endpoint)
        {
            throw new TerminatingException(
                FailureReasons.CredentialsMissing,
                "the Secret does not say which endpoint its credentials are for; "
                + $"add the key 'endpoint' with the value {place.GetLeftPart(UriPartial.Authority)} to have them sent there");
        }

        if (!ModelClient.SameOrigin(new Uri(endpoint), place))
        {
            throw ForAnother(place);
        }
    }

    /// <summary>That the secret lacks the keys for a kind of store.</summary>
    public TerminatingException MissingKeys(string expected) =>
        new(FailureReasons.CredentialsMissing, $"the secret has no credentials for {Options.Address.Name}, expected {expected}");

    private static TerminatingException ForAnother(Uri place) => new(
        FailureReasons.InvalidConfiguration, $"the credentials are for another endpoint than {place.GetLeftPart(UriPartial.Authority)}");

    private string? EndpointOfSecret()
    {
        string? ofSecret = Options.Credentials?.Text("endpoint");
        if (ofSecret is not null && (!Uri.TryCreate(ofSecret, UriKind.Absolute, out Uri? uri)
            || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length + uri.Query.Length + uri.Fragment.Length > 0))
        {
            throw new TerminatingException(
                FailureReasons.InvalidConfiguration,
                "the credential 'endpoint' is no endpoint, expected http(s)://HOST[:PORT][/PATH]");
        }

        return ofSecret;
    }
}
