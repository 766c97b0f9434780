using Microsoft.Extensions.Logging;

namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>What the webhooks tell the log; never a key.</summary>
internal static partial class WebhookLog
{
    [LoggerMessage(160, LogLevel.Information, "New webhook certificates in Secret {Secret}, good until {NotAfter}.")]
    public static partial void CertificatesMade(this ILogger logger, string secret, DateTime notAfter);

    [LoggerMessage(161, LogLevel.Warning, "Webhook certificates could not be checked or renewed; trying again.")]
    public static partial void CertificatesFailed(this ILogger logger, Exception error);

    [LoggerMessage(162, LogLevel.Information, "{Kind} {Name} trusts our CA.")]
    public static partial void WebhookConfigurationPatched(this ILogger logger, string kind, string name);

    [LoggerMessage(163, LogLevel.Warning, "There is no {Kind} {Name}: the API server does not ask this webhook.")]
    public static partial void WebhookConfigurationMissing(this ILogger logger, string kind, string name);

    [LoggerMessage(164, LogLevel.Error, "The webhook at {Path} failed.")]
    public static partial void WebhookFailed(this ILogger logger, string path, Exception error);
}
