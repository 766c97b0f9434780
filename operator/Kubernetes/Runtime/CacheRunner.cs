using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>A cache the host keeps current, whatever it holds.</summary>
internal interface ICacheRunner
{
    string Resource { get; }

    bool HasSynced { get; }

    Task Synced { get; }

    /// <summary>Why it no longer keeps the cache current, or null. A server that is away is no reason.</summary>
    string? Stuck { get; }

    Task RunAsync(CancellationToken cancellationToken);
}

internal sealed class CacheRunner<T>(
    IKubernetesClient client,
    ResourceType<T> type,
    EntityCache<T> cache,
    ReflectorOptions options,
    TimeProvider time,
    ILogger<Reflector<T>> logger) : ICacheRunner
    where T : KubernetesObject
{
    /// <summary>A watch lasts ten minutes at most, and pauses half a minute.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(20);

    private readonly Reflector<T> _reflector = new(client, type, cache, options, time, logger);
    private volatile bool _ended;

    public string Resource => type.Plural;

    public bool HasSynced => cache.HasSynced;

    public Task Synced => cache.Synced;

    public string? Stuck => _ended ? $"the watch of {Resource} has ended"
        : _reflector.SinceLastTurn is var since && since > LongestTurn
            ? $"the watch of {Resource} has stood still for {since.TotalSeconds:0} s"
        : null;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _reflector.RunAsync(cancellationToken);
        }
        finally
        {
            _ended = true;
        }
    }
}

/// <summary>What of a type is cached.</summary>
internal sealed record CacheScope<T>(Func<ReflectorOptions, ReflectorOptions> Configure);

internal static class CacheServices
{
    /// <summary>One cache a type, however many controllers use it.</summary>
    public static void TryAddEntityCache<T>(this IServiceCollection services, ResourceType<T> type)
        where T : KubernetesObject
    {
        if (services.Any(s => s.ServiceType == typeof(EntityCache<T>)))
        {
            return;
        }

        services.AddSingleton(p => new EntityCache<T>(p.GetRequiredService<ILogger<EntityCache<T>>>()));
        services.TryAddSingleton<IEntityStore<T>>(p => p.GetRequiredService<EntityCache<T>>());
        services.AddSingleton<ICacheRunner>(p =>
        {
            var options = new ReflectorOptions { Namespace = type.Namespaced ? p.GetRequiredService<OperatorSettings>().Namespace : null };
            foreach (var scope in p.GetServices<CacheScope<T>>())
            {
                options = scope.Configure(options);
            }

            return new CacheRunner<T>(
                p.GetRequiredService<IKubernetesClient>(), type, p.GetRequiredService<EntityCache<T>>(), options,
                p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<Reflector<T>>>());
        });
    }
}
