namespace ModelOperator.Server.Fetching.Stores;

/// <summary>The token of the cluster that a pod's identity rests on; the kubelet renews it.</summary>
internal static class IdentityFile
{
    public static async Task<string> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return new FileInfo(path).Length is > 0 and var length && length <= maxBytes
                ? (await File.ReadAllTextAsync(path, cancellationToken)).Trim()
                : throw new TerminatingException(FailureReasons.CredentialsMissing, $"the pod's identity token {path} is empty or longer than {maxBytes} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(FailureReasons.CredentialsMissing, $"the pod's identity token cannot be read: {e.Message}", e);
        }
    }
}
