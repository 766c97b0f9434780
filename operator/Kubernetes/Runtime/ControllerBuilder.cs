using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>What a controller hears of and how it works.</summary>
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

    internal int WorkerCount { get; private set; } = 1;

    internal EntityChanges Changes { get; private set; } = EntityChanges.Any;

    internal string KindName => _type.Kind;

    /// <summary>How many entities are reconciled at once, 1 to 100; always one call at a time for each entity.</summary>
    public ControllerBuilder<TEntity> WithWorkers(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 100);
        WorkerCount = count;
        return this;
    }

    /// <summary>Reconciles on these changes of the entity only; the controller's own status writes are then no reason to look again.</summary>
    public ControllerBuilder<TEntity> ReconcileOn(EntityChanges changes)
    {
        Changes = changes;
        return this;
    }

    /// <summary>Reconciles the owner when an owned object changes.</summary>
    public ControllerBuilder<TEntity> Owns<TOwned>(ResourceType<TOwned> type, OwnerMatch match = OwnerMatch.Controller)
        where TOwned : KubernetesObject
    {
        var owner = new OwnerKind(_type.Group, _type.Kind, _type.Namespaced, match);
        return Watches(type, owner.OwnersOf);
    }

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

    internal void Connect(IServiceProvider services, WorkQueue<EntityKey> queue)
    {
        services.GetRequiredService<EntityCache<TEntity>>().AddHandler(new EnqueueSelf<TEntity>(queue, Changes));
        foreach (var connect in _sources)
        {
            connect(services, queue);
        }
    }
}
