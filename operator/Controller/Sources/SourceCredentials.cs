using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ModelOperator.Evidence;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Sources;

/// <summary>
/// What a source asks for, out of a Secret. The Secret says for which endpoint it is: whoever may write a ModelDeployment may name any
/// Secret of the namespace and any address, and must not have the one sent to the other.
/// </summary>
internal sealed record SourceCredentials
{
    private const string HeaderPrefix = "header.";

    // What the client itself sets.
    private static readonly string[] Reserved = ["Host", "Connection", "Transfer-Encoding", "Authorization"];

    /// <summary>Name of the Secret.</summary>
    public required string Secret { get; init; }

    public AuthenticationHeaderValue? Authorization { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The only authorities believed, as PEM; null for those of the system.</summary>
    public string? Authorities { get; init; }

    public static SourceCredentials Read(Secret secret, Uri address)
    {
        var keys = new Keys(secret);
        CheckEndpoint(keys, address);
        return new SourceCredentials
        {
            Secret = secret.Metadata.Name,
            Authorization = AuthorizationOf(keys),
            Headers =
                [.. keys.Names.Where(name => name.StartsWith(HeaderPrefix, StringComparison.Ordinal)).Select(name => Header(keys, name))],
            Authorities = AuthoritiesOf(keys),
        };
    }

    public HttpRequestMessage AddTo(HttpRequestMessage request)
    {
        request.Headers.Authorization = Authorization;
        foreach ((string name, string value) in Headers)
        {
            request.Headers.Add(name, value);
        }

        return request;
    }

    private static void CheckEndpoint(Keys keys, Uri address)
    {
        string place = address.GetLeftPart(UriPartial.Authority);
        string endpoint = keys.Text("endpoint")
            ?? throw keys.Problem(
                $"does not say which endpoint it is for; add the key endpoint with the value {place} to have it used there");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? named)
            || Uri.Compare(named, address, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            throw keys.Problem($"is for another endpoint than {place}, by its key endpoint");
        }
    }

    private static AuthenticationHeaderValue? AuthorizationOf(Keys keys) =>
        (keys.Text("token"), keys.Text("username"), keys.Text("password")) switch
        {
            ({ } token, _, _) => new("Bearer", token),
            (null, { } user, { } password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))),
            (null, null, null) => null,
            _ => throw keys.Problem("has one of the keys username and password; want both, or token"),
        };

    private static KeyValuePair<string, string> Header(Keys keys, string key)
    {
        string name = key[HeaderPrefix.Length..];
        using var trial = new HttpRequestMessage();
        return !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) && trial.Headers.TryAddWithoutValidation(name, "x")
            ? new(name, keys.Text(key)!)
            : throw keys.Problem(
                $"has the key {key}, which names no header that can be set; want header.NAME, and token for Authorization");
    }

    private static string? AuthoritiesOf(Keys keys)
    {
        if (keys.Text("ca.crt") is not { } pem)
        {
            return null;
        }

        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem);
            return certificates.Count > 0 ? pem : throw keys.Problem("has no certificate in the key ca.crt; want PEM");
        }
        catch (CryptographicException e)
        {
            throw keys.Problem("has a certificate in the key ca.crt that cannot be read; want PEM", e);
        }
    }

    /// <summary>The values of a Secret, which no message quotes.</summary>
    private sealed class Keys(Secret secret)
    {
        public IEnumerable<string> Names => secret.Data is { } data ? data.Keys : [];

        public string? Text(string key)
        {
            if (secret.Data?.GetValueOrDefault(key) is not { } bytes)
            {
                return null;
            }

            string text = Encoding.UTF8.GetString(bytes).Trim();
            return text.Length == 0 ? throw Problem($"has nothing in the key {key}")
                : ServiceAccountToken.Is(text)
                    ? throw Problem($"has the token of a service account in the key {key}, which is never sent to a source")
                : key != "ca.crt" && !text.All(c => c is >= ' ' and < '\x7f')
                    ? throw Problem($"has characters in the key {key} that no HTTP header can carry")
                : text;
        }

        public SourceException Problem(string what, Exception? cause = null) => new($"Secret {secret.Metadata.Name} {what}", cause);
    }
}
