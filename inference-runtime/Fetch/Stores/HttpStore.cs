using System.Net.Http.Headers;
using System.Text;
using ModelOperator.Addressing;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores;

/// <summary>A file of a web server. Its signature is the file of the same name with .sig at the end.</summary>
internal sealed class HttpStore(HttpAddress address, StoreContext context) : IModelStore
{
    public Task<ModelContent> ResolveAsync(CancellationToken cancellationToken)
    {
        Authorization authorization = Authorization.None;
        if (context.Options.Credentials is { } secret)
        {
            authorization = HttpCredentials.Read(secret);
            context.RequireSecretFor(address.Uri);
        }

        return Task.FromResult(ModelContent.Of((beside, suffix) => new RemoteFile(
            StoreContext.Sibling(address.Name, beside) + suffix,
            At(beside is null ? null : StoreContext.Encode(beside), suffix),
            authorization)));
    }

    private Uri At(string? beside, string suffix) =>
        new UriBuilder(address.Uri) { Path = StoreContext.Sibling(address.Uri.AbsolutePath, beside) + suffix }.Uri;
}

/// <summary>A bearer token, or a user name and a password.</summary>
internal static class HttpCredentials
{
    /// <summary>Reads the key token, or the keys username and password.</summary>
    public static HeaderAuthorization Read(SecretFolder secret) => TryRead(secret)
        ?? throw new TerminatingException(
            FailureReasons.CredentialsMissing, "the secret has no credentials, expected the key 'token', or 'username' and 'password'");

    /// <summary>Null when there are none of these keys.</summary>
    public static HeaderAuthorization? TryRead(SecretFolder secret) =>
        secret.Text("token") is { } token ? Bearer("token", token)
        : secret.Text("username") is { } username && secret.Text("password") is { } password ? Basic(username, password)
        : null;

    public static HeaderAuthorization Bearer(string key, string token) => token.All(c => c is > ' ' and < '\x7f')
        ? new HeaderAuthorization(new AuthenticationHeaderValue("Bearer", token))
        : throw new TerminatingException(
            FailureReasons.CredentialsMissing, $"the credential '{key}' has characters that no HTTP header can carry");

    public static HeaderAuthorization Basic(string username, string password) => username.Contains(':', StringComparison.Ordinal)
        ? throw new TerminatingException(
            FailureReasons.CredentialsMissing,
            "the credential 'username' has a colon, which basic authentication cannot carry")
        : new HeaderAuthorization(new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"))));
}
