using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelOperator.Addressing;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>An object of Google Cloud Storage, by its JSON interface.</summary>
internal sealed class GoogleStore(GoogleStorageAddress address, StoreContext context) : IModelStore
{
    private const string TokenService = "https://oauth2.googleapis.com/token";
    private const string ReadOnly = "https://www.googleapis.com/auth/devstorage.read_only";

    public Task<ModelContent> ResolveAsync(CancellationToken cancellationToken)
    {
        Authorization authorization = Authorize();
        string endpoint = context.Endpoint(address.Endpoint, "https://storage.googleapis.com");
        return Task.FromResult(ModelContent.Of((beside, suffix) => File(beside, suffix, endpoint, authorization)));
    }

    private RemoteFile File(string? beside, string suffix, string endpoint, Authorization authorization)
    {
        string item = Uri.EscapeDataString(StoreContext.Sibling(address.Object, beside) + suffix);
        return new(
            StoreContext.Sibling(address.Name, beside) + suffix,
            new Uri($"{endpoint.TrimEnd('/')}/storage/v1/b/{address.Bucket}/o/{item}?alt=media"),
            authorization);
    }

    private Authorization Authorize()
    {
        if (context.Options.Credentials is not { } secret)
        {
            return context.Options.WorkloadIdentity ? Identity() : Authorization.None;
        }

        if (secret.Text("token") is { } token)
        {
            return HttpCredentials.Bearer("token", token);
        }

        string key = secret.Text("key.json", "credentials.json")
            ?? throw context.MissingKeys("the key 'key.json' with the key of a service account, or 'token'");
        GoogleServiceAccount account = ReadKey(key);
        return new TokenAuthorization(new CachedToken(cancellation => GrantAsync(account, cancellation), context.Time));
    }

    private static GoogleServiceAccount ReadKey(string text)
    {
        try
        {
            if (JsonSerializer.Deserialize(
                text, StoreJson.Default.GoogleServiceAccount) is { ClientEmail.Length: > 0, PrivateKey.Length: > 0 } account
                && (account.TokenUri is null
                    || Uri.TryCreate(account.TokenUri, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
            {
                return account;
            }
        }
        catch (JsonException e)
        {
            throw NoKey(e);
        }

        throw NoKey(null);
    }

    private static TerminatingException NoKey(Exception? inner) =>
        new(FailureReasons.CredentialsMissing, "the credential 'key.json' is no key of a Google service account", inner!);

    /// <summary>Exchanges claims that the service account signed for a token (RFC 7523).</summary>
    private async Task<Token> GrantAsync(GoogleServiceAccount account, CancellationToken cancellationToken)
    {
        string service = account.TokenUri ?? TokenService;
        string assertion = Assertion(account, service);
        byte[] answer = await TokenRequests.SendAsync(
            context,
            context.Http,
            () => new HttpRequestMessage(HttpMethod.Post, service)
            {
                Content = new FormUrlEncodedContent(
                    [new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", assertion)]),
            },
            cancellationToken);
        return TokenRequests.Parse(answer, new Uri(service).Host);
    }

    private string Assertion(GoogleServiceAccount account, string service)
    {
        long now = context.Time.GetUtcNow().ToUnixTimeSeconds();
        string signed = Encode(new GoogleHeader("RS256", "JWT", account.PrivateKeyId), StoreJson.Default.GoogleHeader) + "."
            + Encode(new GoogleClaims(account.ClientEmail!, ReadOnly, service, now, now + 3600), StoreJson.Default.GoogleClaims);
        using RSA key = RSA.Create();
        try
        {
            key.ImportFromPem(account.PrivateKey);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw NoKey(e);
        }

        byte[] signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";
    }

    private static string Encode<T>(T value, JsonTypeInfo<T> type) =>
        System.Buffers.Text.Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value, type));

    private TokenAuthorization Identity() => new(new CachedToken(
        async cancellationToken =>
        {
            using HttpClient http = IdentityHttp.NewClient(context.Options.Networks);
            byte[] answer = await TokenRequests.SendAsync(context, http, IdentityHttp.GoogleRequest, cancellationToken);
            return TokenRequests.Parse(answer, "the metadata service");
        },
        context.Time));
}
