namespace ModelOperator.Fetch.Stores;

/// <summary>The keys of a secret, in the folder that it is mounted at.</summary>
public sealed class SecretFolder
{
    private const int MaxLength = 64 * 1024;
    private readonly string _directory;

    public SecretFolder(string directory)
    {
        _directory = Directory.Exists(directory)
            ? directory
            : throw new TerminatingException(
                FailureReasons.CredentialsMissing, $"there are no credentials: the folder {directory} does not exist");
    }

    /// <summary>The value of the first of some keys that is there, without space around it; null when none is.</summary>
    public string? Text(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (Read(key) is { } text)
            {
                return text;
            }
        }

        return null;
    }

    private string? Read(string key)
    {
        FileInfo file = new(Path.Combine(_directory, key));
        try
        {
            if (!file.Exists)
            {
                return null;
            }

            string text = file.Length <= MaxLength
                ? File.ReadAllText(file.FullName).Trim()
                : throw new TerminatingException(
                    FailureReasons.CredentialsMissing, $"the credential '{key}' is longer than {MaxLength} bytes");
            return text.Length == 0 ? throw new TerminatingException(FailureReasons.CredentialsMissing, $"the credential '{key}' is empty")
                : ServiceAccountToken.Is(text) ? throw new TerminatingException(
                    FailureReasons.CredentialsMissing,
                    $"the credential '{key}' is the token of a service account, which is never sent to a model store")
                : text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.CredentialsMissing, $"the credential '{key}' cannot be read: {e.Message}", e);
        }
    }
}
