using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ModelOperator.Fetch.Stores.Oci;

/// <summary>How to sign in to a registry: what an imagePullSecret holds, or a user name and a password, or a token.</summary>
internal sealed record RegistryCredentials
{
    /// <summary>User name and password as a header.</summary>
    public AuthenticationHeaderValue? Basic { get; private init; }

    /// <summary>A token the registry takes as it is.</summary>
    public string? RegistryToken { get; private init; }

    /// <summary>A token that is exchanged for one the registry takes.</summary>
    public string? IdentityToken { get; private init; }

    /// <summary>Whether the secret itself said which registry they are for.</summary>
    public bool NamesRegistry { get; private init; }

    public static RegistryCredentials Read(SecretFolder secret, string registry)
    {
        if (secret.Text(".dockerconfigjson", "config.json") is { } configuration)
        {
            return OfDocker(configuration, registry) with { NamesRegistry = true };
        }

        return secret.Text("token") is { } token
            ? new RegistryCredentials { RegistryToken = HttpCredentials.Bearer("token", token).Header.Parameter }
            : new RegistryCredentials { Basic = HttpCredentials.Read(secret).Header };
    }

    private static RegistryCredentials OfDocker(string text, string registry)
    {
        DockerCredential? found;
        try
        {
            found = JsonSerializer.Deserialize(text, OciJson.Default.DockerConfiguration)?.Auths?
                .FirstOrDefault(entry => HostOf(entry.Key) == HostOf(registry)).Value;
        }
        catch (JsonException e)
        {
            throw new TerminatingException(
                FailureReasons.CredentialsMissing, "the credential '.dockerconfigjson' is not JSON as Docker writes it", e);
        }

        if (found is { RegistryToken.Length: > 0 })
        {
            return new RegistryCredentials { RegistryToken = found.RegistryToken };
        }

        (string? username, string? password) = (found?.Username, found?.Password);
        if (username is null && found?.Auth is { Length: > 0 } auth)
        {
            (username, password) = Decode(auth);
        }

        return found is { IdentityToken.Length: > 0 } ? new RegistryCredentials { IdentityToken = found.IdentityToken }
            : username is { Length: > 0 } && password is not null
                ? new RegistryCredentials { Basic = HttpCredentials.Basic(username, password).Header }
            : throw new TerminatingException(
                FailureReasons.CredentialsMissing,
                $"the credential '.dockerconfigjson' has no user name and password for {registry}");
    }

    // Keys are hosts, or addresses as https://index.docker.io/v1/.
    private static string HostOf(string key)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        string host = (scheme < 0 ? key : key[(scheme + 3)..]).Split('/')[0].ToLowerInvariant();
        return host is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : host;
    }

    private static (string? Username, string? Password) Decode(string auth)
    {
        try
        {
            string[] pair = Encoding.UTF8.GetString(Convert.FromBase64String(auth)).Split(':', 2);
            return pair.Length == 2 ? (pair[0], pair[1]) : (null, null);
        }
        catch (FormatException)
        {
            return (null, null);
        }
    }
}
