using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>Adds webhooks to an operator.</summary>
public static class WebhookServices
{
    /// <summary>
    /// Serves webhooks over HTTPS on a port of their own, with certificates the operator makes itself. Ports set in Kestrel's options win
    /// over configured URLs, so the port for probes must be set there too.
    /// </summary>
    public static OperatorBuilder AddWebhookServer(this OperatorBuilder builder, WebhookServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(p => new WebhookCertificates(
            p.GetRequiredService<IKubernetesClient>(), options, p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<WebhookCertificates>>()));
        builder.Services.AddHostedService(p => p.GetRequiredService<WebhookCertificates>());
        builder.Services.AddSingleton<IInstallationKey>(p => p.GetRequiredService<WebhookCertificates>());
        builder.Services.AddSingleton<IReadyCheck>(p => p.GetRequiredService<WebhookCertificates>());
        builder.Services.AddOptions<KestrelServerOptions>().Configure<WebhookCertificates>((kestrel, certificates) =>
            kestrel.ListenAnyIP(
                options.Port,
                listen => listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificates.Serving)));
        return builder;
    }

    /// <summary>
    /// A webhook at a path, validating or mutating. It must have no effect but its answer: the API server may ask twice, or store nothing
    /// after a yes.
    /// </summary>
    public static OperatorBuilder AddWebhook<TEntity>(
        this OperatorBuilder builder,
        ResourceType<TEntity> type,
        string path,
        Func<IServiceProvider, AdmissionRequest<TEntity>, CancellationToken, Task<AdmissionResult>> judge)
        where TEntity : KubernetesObject
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IWebhookEndpoint>(p => new WebhookEndpoint<TEntity>(
            path,
            type,
            (request, cancellationToken) => judge(p, request, cancellationToken),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<WebhookEndpoint<TEntity>>>()));
        return builder;
    }

    /// <summary>Maps every webhook to its path. They answer over HTTPS only.</summary>
    public static IEndpointRouteBuilder MapWebhooks(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        foreach (var webhook in endpoints.ServiceProvider.GetServices<IWebhookEndpoint>())
        {
            endpoints.MapPost(webhook.Path, (RequestDelegate)(context =>
            {
                if (context.Request.IsHttps)
                {
                    return webhook.HandleAsync(context);
                }

                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }));
        }

        return endpoints;
    }
}
