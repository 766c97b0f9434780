namespace ModelOperator.Server.Fetching;

/// <summary>A try to download failed for a reason that may pass.</summary>
public sealed class TransientDownloadException : Exception
{
    public TransientDownloadException(string message, TimeSpan? retryAfter = null)
        : base(message) => RetryAfter = retryAfter;

    public TransientDownloadException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public TransientDownloadException()
    {
    }

    public TransientDownloadException(string message)
        : base(message)
    {
    }

    /// <summary>When the server wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; }
}
