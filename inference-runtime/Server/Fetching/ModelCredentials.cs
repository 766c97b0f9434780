using System.Net.Http.Headers;
using System.Text;

namespace ModelOperator.Server.Fetching;

/// <summary>How to sign in to the model store: what is in a folder that a secret is mounted at.</summary>
internal sealed class ModelCredentials
{
    private const int MaxLength = 64 * 1024;

    private ModelCredentials(AuthenticationHeaderValue header) => Header = header;

    public AuthenticationHeaderValue Header { get; }

    /// <summary>Reads the file token, or the files username and password.</summary>
    public static ModelCredentials Read(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new TerminatingException(FailureReasons.CredentialsMissing, $"there are no credentials: the folder {directory} does not exist");
        }

        if (ReadFile(directory, "token") is { } token)
        {
            return token.All(c => c is > ' ' and < '\x7f')
                ? new ModelCredentials(new AuthenticationHeaderValue("Bearer", token))
                : throw new TerminatingException(FailureReasons.CredentialsMissing, "the credential 'token' has characters that no HTTP header can carry");
        }

        if (ReadFile(directory, "username") is { } username && ReadFile(directory, "password") is { } password)
        {
            return username.Contains(':', StringComparison.Ordinal)
                ? throw new TerminatingException(FailureReasons.CredentialsMissing, "the credential 'username' has a colon, which basic authentication cannot carry")
                : new ModelCredentials(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"))));
        }

        throw new TerminatingException(
            FailureReasons.CredentialsMissing, "the secret has no credentials, expected the key 'token', or 'username' and 'password'");
    }

    private static string? ReadFile(string directory, string name)
    {
        FileInfo file = new(Path.Combine(directory, name));
        try
        {
            if (!file.Exists)
            {
                return null;
            }

            string text = file.Length <= MaxLength
                ? File.ReadAllText(file.FullName).Trim()
                : throw new TerminatingException(FailureReasons.CredentialsMissing, $"the credential '{name}' is longer than {MaxLength} bytes");
            return text.Length > 0 ? text : throw new TerminatingException(FailureReasons.CredentialsMissing, $"the credential '{name}' is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.CredentialsMissing, $"the credential '{name}' cannot be read: {e.Message}", e);
        }
    }
}
