using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>
/// Keeps a Secret with good certificates and tells the API server, in the webhook configuration, to trust their CA. Every replica does:
/// whoever creates or renews the Secret first wins, and the others read what it wrote.
/// </summary>
internal sealed class WebhookCertificates(
    IKubernetesClient client, WebhookServerOptions options, TimeProvider time, ILogger<WebhookCertificates> logger)
    : BackgroundService, IReadyCheck, IInstallationKey
{
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Another replica wrote first, and looking again finds what it wrote. A conflict that stays must not be asked about in a tight loop.
    /// </summary>
    private static readonly TimeSpan ConflictPeriod = TimeSpan.FromSeconds(1);

    private volatile CertificateSet? _current;

    /// <summary>What the web server shows; null until there is one.</summary>
    public X509Certificate2? Serving => _current?.Serving;

    public string? NotReady => _current is null ? "webhook certificate" : null;

    public byte[]? Derive(string purpose) => _current?.DeriveKey(purpose);

    /// <summary>One look at the Secret and the configuration. False when another replica was faster: look again.</summary>
    internal async Task<bool> EnsureAsync(CancellationToken cancellationToken)
    {
        var secret = await client.GetAsync(Resources.Secrets, options.SecretNamespace, options.SecretName, cancellationToken);
        var set = CertificateSet.Parse(secret?.Data);
        try
        {
            if (set?.IsGood(options.Names, time.GetUtcNow()) != true)
            {
                set = await WriteAsync(secret, set, cancellationToken);
            }

            // Connections under way may still use the one before; the collector disposes of it.
            _current = set;
            await TrustAsync(Resources.ValidatingWebhookConfigurations, set!.Bundle, cancellationToken);
            await TrustAsync(Resources.MutatingWebhookConfigurations, set.Bundle, cancellationToken);
            return true;
        }
        catch (KubernetesException e) when (e.IsConflict)
        {
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = options.CheckPeriod;
            try
            {
                wait = await EnsureAsync(stoppingToken) ? wait : ConflictPeriod;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever fails, the certificate there is goes on serving and the next look may succeed.
            catch (Exception e)
#pragma warning restore CA1031
            {
                logger.CertificatesFailed(e);
                wait = RetryPeriod;
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<CertificateSet> WriteAsync(Secret? secret, CertificateSet? before, CancellationToken cancellationToken)
    {
        var set = CertificateSet.Create(options.Names, time.GetUtcNow(), before);
        if (secret is null)
        {
            await client.CreateAsync(
                Resources.Secrets,
                new Secret
                {
                    ApiVersion = Resources.Secrets.ApiVersion,
                    Kind = Resources.Secrets.Kind,
                    Metadata = { Namespace = options.SecretNamespace, Name = options.SecretName },
                    Type = "kubernetes.io/tls",
                    Data = set.Data,
                },
                cancellationToken);
        }
        else
        {
            secret.Data = set.Data;
            await client.UpdateAsync(Resources.Secrets, secret, cancellationToken);
        }

        logger.CertificatesMade(options.SecretName, set.Serving.NotAfter);
        return set;
    }

    private async Task TrustAsync<T>(ResourceType<T> type, byte[] bundle, CancellationToken cancellationToken)
        where T : WebhookConfiguration
    {
        var configuration = await client.GetAsync(type, null, options.ConfigurationName, cancellationToken);
        if (configuration is null)
        {
            logger.WebhookConfigurationMissing(type.Kind, options.ConfigurationName);
            return;
        }

        var changed = false;
        foreach (var clientConfig in (configuration.Webhooks ?? []).Select(w => w.ClientConfig))
        {
            changed |= !bundle.AsSpan().SequenceEqual(clientConfig.CaBundle);
            clientConfig.CaBundle = bundle;
        }

        if (!changed)
        {
            return;
        }

        // A merge patch replaces the list as a whole; with the resourceVersion it is refused when anybody changed it since.
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = configuration.Metadata.ResourceVersion },
            ["webhooks"] = JsonSerializer.SerializeToNode(configuration, type.TypeInfo)?["webhooks"]?.DeepClone(),
        };
        await client.MergePatchAsync(type, null, options.ConfigurationName, patch, cancellationToken);
        logger.WebhookConfigurationPatched(type.Kind, options.ConfigurationName);
    }
}
