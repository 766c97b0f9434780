using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Registers an operator. An <see cref="IKubernetesClient"/> must be registered besides.</summary>
public static class KubernetesOperatorServices
{
    public static OperatorBuilder AddKubernetesOperator(this IServiceCollection services, Action<OperatorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new OperatorOptions();
        configure?.Invoke(options);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.TryAddSingleton<ControllerMetrics>();
        services.TryAddSingleton<IEventRecorder>(p => p.GetRequiredService<EventRecorder>());
        services.TryAddSingleton(p => new EventRecorder(
            p.GetRequiredService<IKubernetesClient>(),
            new EventRecorderOptions { Controller = options.Name, Instance = options.Instance },
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ControllerMetrics>(),
            p.GetRequiredService<ILogger<EventRecorder>>()));
        if (options.LeaderElection is { } election)
        {
            services.TryAddSingleton(p => new LeaderElector(
                p.GetRequiredService<IKubernetesClient>(), election, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<LeaderElector>>()));
        }

        services.TryAddSingleton<OperatorHost>();
        services.AddHostedService(p => p.GetRequiredService<OperatorHost>());

        // The lease and the events come after the work: the host must not cut the stop short of them.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopGrace + TimeSpan.FromSeconds(15));
        return new(services);
    }
}
