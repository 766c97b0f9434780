using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>What a controller hears of besides its entities.</summary>
public sealed class ControllerBuilder<TEntity>
    where TEntity : KubernetesObject
{
    private readonly IServiceCollection _services;
    private readonly ResourceType<TEntity> _type;
    private readonly List<Action<IServiceProvider, WorkQueue<EntityKey>>> _sources = [];

    internal ControllerBuilder(IServiceCollection services, ResourceType<TEntity> type)
    {
        _services = services;
        _type = type;
    }

    internal string ApiVersion => _type.ApiVersion;

    internal string KindName => _type.Kind;

    /// <summary>Reconciles the entities that a changed object maps to.</summary>
    public ControllerBuilder<TEntity> Watches<T>(ResourceType<T> type, Func<T, IEnumerable<EntityKey>> map)
        where T : KubernetesObject =>
        Watches(type, (entity, _) => map(entity));

    /// <summary>Reconciles the entities that a changed object maps to, found with the help of all entities.</summary>
    public ControllerBuilder<TEntity> Watches<T>(ResourceType<T> type, Func<T, IEntityStore<TEntity>, IEnumerable<EntityKey>> map)
        where T : KubernetesObject
    {
        _services.TryAddEntityCache(type);
        _sources.Add((services, queue) =>
        {
            var entities = services.GetRequiredService<IEntityStore<TEntity>>();
            services.GetRequiredService<EntityCache<T>>().AddHandler(new EnqueueMapped<T>(queue, entity => map(entity, entities)));
        });
        return this;
    }

    internal void Connect(IServiceProvider services, WorkQueue<EntityKey> queue, EnqueueSelf<TEntity> self)
    {
        services.GetRequiredService<EntityCache<TEntity>>().AddHandler(self);
        foreach (var connect in _sources)
        {
            connect(services, queue);
        }
    }
}
