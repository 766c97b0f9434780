using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Says what an operator consists of.</summary>
public sealed class OperatorBuilder
{
    internal OperatorBuilder(IServiceCollection services, OperatorSettings settings) => (Services, Settings) = (services, settings);

    public IServiceCollection Services { get; }

    public OperatorSettings Settings { get; }

    /// <summary>
    /// A controller (one instance for the life of the process) of entities of a type, which are cached. Everything the controller
    /// reads through an <see cref="IEntityStore{TEntity}"/> or watches is cached once, for all controllers.
    /// </summary>
    public OperatorBuilder AddController<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation, TEntity>(
        ResourceType<TEntity> type, Action<ControllerBuilder<TEntity>>? configure = null)
        where TImplementation : class, IEntityController<TEntity>
        where TEntity : KubernetesObject
    {
        Services.TryAddEntityCache(type);
        var options = new ControllerBuilder<TEntity>(Services, type);
        configure?.Invoke(options);
        Services.TryAddSingleton<TImplementation>();
        Services.AddSingleton<IControllerRunner>(p => new ControllerRunner<TEntity>(
            p.GetRequiredService<TImplementation>(),
            p.GetRequiredService<IEntityStore<TEntity>>(),
            options,
            p,
            Settings,
            p.GetService<LeaderElector>() is { } elector ? new WriteFence(() => elector.HoldsSurely) : null,
            p.GetRequiredService<IEventRecorder>(),
            p.GetRequiredService<ControllerMetrics>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<ControllerRunner<TEntity>>>()));
        return this;
    }

    /// <summary>
    /// Caches a type to be read through <see cref="IEntityStore{TEntity}"/>, or narrows what of a type that a controller watches is
    /// cached: by label, by field or to a namespace.
    /// </summary>
    public OperatorBuilder AddCache<TEntity>(ResourceType<TEntity> type, Func<ReflectorOptions, ReflectorOptions>? configure = null)
        where TEntity : KubernetesObject
    {
        Services.TryAddEntityCache(type);
        if (configure is not null)
        {
            Services.AddSingleton(new CacheScope<TEntity>(configure));
        }

        return this;
    }
}
