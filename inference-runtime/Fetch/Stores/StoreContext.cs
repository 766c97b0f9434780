using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>What stores are reached with.</summary>
internal sealed record StoreContext(FetchOptions Options, HttpClient Http, ModelClient Client, Tries Tries, TimeProvider Time, ILogger Logger)
{
    /// <summary>Where an object is under an endpoint: each part of its path is encoded.</summary>
    public static Uri ObjectUri(string endpoint, string path) =>
        new($"{endpoint.TrimEnd('/')}/{Encode(path)}");

    /// <summary>A path with each part of it encoded.</summary>
    public static string Encode(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>The path of a file in the same folder as another one; that one's own when there is no name.</summary>
    public static string Sibling(string path, string? name) => name is null ? path : path[..(path.LastIndexOf('/') + 1)] + name;

    /// <summary>
    /// The endpoint of an address, else of the secret, else the standard one. A secret that says for which endpoint it is goes to no other.
    /// </summary>
    public string Endpoint(Uri? ofAddress, string standard)
    {
        string? ofSecret = Options.Credentials?.Text("endpoint");
        if (ofSecret is not null && (!Uri.TryCreate(ofSecret, UriKind.Absolute, out Uri? uri)
            || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length + uri.Query.Length + uri.Fragment.Length > 0))
        {
            throw new TerminatingException(FailureReasons.InvalidConfiguration, "the credential 'endpoint' is no endpoint, expected http(s)://HOST[:PORT][/PATH]");
        }

        return ofSecret is not null && ofAddress is not null && !ModelClient.SameOrigin(new Uri(ofSecret), ofAddress)
            ? throw new TerminatingException(
                FailureReasons.InvalidConfiguration, $"the credentials are for another endpoint than {ofAddress.GetLeftPart(UriPartial.Authority)}")
            : ofAddress?.OriginalString ?? ofSecret ?? standard;
    }

    /// <summary>Whether credentials were given or asked for.</summary>
    public TerminatingException MissingKeys(string expected) =>
        new(FailureReasons.CredentialsMissing, $"the secret has no credentials for {Options.Address.Name}, expected {expected}");
}
