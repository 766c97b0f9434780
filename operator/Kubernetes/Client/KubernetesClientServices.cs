using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client.Configuration;

namespace ModelOperator.Kubernetes.Client;

/// <summary>Registers the client.</summary>
public static class KubernetesClientServices
{
    /// <summary>One client for the program, with the configuration given or, failing that, found as kubectl finds it.</summary>
    public static IServiceCollection AddKubernetesClient(
        this IServiceCollection services, KubernetesClientConfiguration? configuration = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(p => configuration ?? KubernetesConfigurationLoader.Load(
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<KubernetesClient>>()));
        services.TryAddSingleton<IKubernetesClient, KubernetesClient>();
        return services;
    }
}
