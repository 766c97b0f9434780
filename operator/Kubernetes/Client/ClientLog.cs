using Microsoft.Extensions.Logging;

namespace ModelOperator.Kubernetes.Client;

/// <summary>What the client tells the log. No credentials, no bodies.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(20, LogLevel.Warning, "{Path} cannot be read again; going on with what it said before.")]
    public static partial void RereadFailed(this ILogger logger, string path, Exception exception);

    [LoggerMessage(21, LogLevel.Information, "{Method} {Path} failed ({Error}); attempt {Attempt} follows in {Delay}.")]
    public static partial void Retrying(this ILogger logger, string method, string path, string error, int attempt, TimeSpan delay);
}
