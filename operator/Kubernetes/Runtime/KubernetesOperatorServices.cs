using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Registers an operator. An <see cref="IKubernetesClient"/> must be registered besides.</summary>
public static class KubernetesOperatorServices
{
    public static OperatorBuilder AddKubernetesOperator(this IServiceCollection services, Action<OperatorSettingsBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = new OperatorSettingsBuilder();
        configure?.Invoke(builder);
        var settings = builder.Build();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.TryAddSingleton<ControllerMetrics>();
        services.TryAddSingleton<IEventRecorder>(p => p.GetRequiredService<EventRecorder>());
        services.TryAddSingleton(p => new EventRecorder(
            p.GetRequiredService<IKubernetesClient>(),
            new EventRecorderOptions { Controller = settings.Name, Instance = settings.Instance },
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ControllerMetrics>(),
            p.GetRequiredService<ILogger<EventRecorder>>()));
        if (settings.LeaderElectionType == LeaderElectionType.Single)
        {
            services.TryAddSingleton(p => new LeaderElector(
                p.GetRequiredService<IKubernetesClient>(), settings, p.GetRequiredService<TimeProvider>(),
                p.GetRequiredService<ILogger<LeaderElector>>()));
        }

        services.TryAddSingleton<OperatorHost>();
        services.AddHostedService(p => p.GetRequiredService<OperatorHost>());

        // The lease and the events come after the work: the host must not cut the stop short of them.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.StopGrace + TimeSpan.FromSeconds(15));
        return new(services, settings);
    }
}
