using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Cache;

/// <summary>
/// Keeps an <see cref="EntityCache{T}"/> equal to the server: lists once, then watches from where the list ended, and lists again only
/// when the server no longer knows that place. Runs until cancelled; no failure ends it.
/// </summary>
public sealed class Reflector<T>(
    IKubernetesClient client,
    ResourceType<T> type,
    EntityCache<T> cache,
    ReflectorOptions options,
    TimeProvider timeProvider,
    ILogger<Reflector<T>> logger)
    where T : KubernetesObject
{
    /// <summary>A watch that ends this soon with nothing in it is a failure, else a broken proxy would be asked in a tight loop.</summary>
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromSeconds(1);

    private readonly ReflectorBackoff _backoff = new(options, timeProvider, Random.Shared);
    private long _lastTurn = timeProvider.GetTimestamp();
    private string _resourceVersion = options.ConsistentFirstList ? "" : "0";

    /// <summary>How long ago it last asked the server for a list or a watch. Both end within minutes, whatever the server does.</summary>
    internal TimeSpan SinceLastTurn => timeProvider.GetElapsedTime(Volatile.Read(ref _lastTurn));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListAsync(cancellationToken);
                await WatchUntilLostAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The cache must outlive whatever a server, a network or a bad object can do.
            catch (Exception e)
#pragma warning restore CA1031
            {
                logger.ListFailed(type.Plural, _resourceVersion, e);
                await PauseAsync(e, cancellationToken);
            }
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        CacheMetrics.Listed(type.Plural);
        Volatile.Write(ref _lastTurn, timeProvider.GetTimestamp());
        KubernetesList<T> list;
        try
        {
            list = await ListAtAsync(_resourceVersion, cancellationToken);
        }
        catch (KubernetesException e) when (e.IsExpired || e.IsTooLargeResourceVersion)
        {
            // The server is behind us (restored from a backup) or far ahead: only what it holds now can be right.
            logger.VersionUnavailable(type.Plural, _resourceVersion);
            list = await ListAtAsync("", cancellationToken);
        }

        cache.Replace(list);
        _resourceVersion = list.ResourceVersion;
        logger.Listed(type.Plural, list.Items.Count, list.ResourceVersion);
    }

    private Task<KubernetesList<T>> ListAtAsync(string resourceVersion, CancellationToken cancellationToken) =>
        client.ListAsync(type, options.Namespace, Options() with { ResourceVersion = resourceVersion }, cancellationToken);

    private async Task WatchUntilLostAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await WatchOnceAsync(cancellationToken);
            }
            catch (KubernetesException e) when (e.IsExpired)
            {
                logger.WatchExpired(type.Plural, _resourceVersion);
                await PauseAsync(e, cancellationToken);
                return;
            }
            catch (Exception e) when (KeepsItsPlace(e, cancellationToken))
            {
                logger.WatchFailed(type.Plural, _resourceVersion, e.Message);
                await PauseAsync(e, cancellationToken);
            }
        }
    }

    private async Task WatchOnceAsync(CancellationToken cancellationToken)
    {
        CacheMetrics.Watched(type.Plural);
        var started = timeProvider.GetTimestamp();
        Volatile.Write(ref _lastTurn, started);
        var changes = 0L;
        var watch = Options() with
        {
            ResourceVersion = _resourceVersion,
            Timeout = options.MinWatchTimeout * (1 + Random.Shared.NextDouble()),
            AllowBookmarks = true,
        };
        await foreach (var change in client.WatchAsync(type, options.Namespace, watch, cancellationToken))
        {
            changes++;
            cache.Apply(change);
            if (change.Metadata?.ResourceVersion is { Length: > 0 } resourceVersion)
            {
                _resourceVersion = resourceVersion;
            }
        }

        if (changes == 0 && timeProvider.GetElapsedTime(started) < ShortestWatch)
        {
            throw new IOException($"The watch of {type.Plural} ended at once, with nothing in it.");
        }
    }

    /// <summary>
    /// A lost connection or a busy server says nothing about our place in the stream: watching on from it loses nothing and spares a
    /// server in trouble a list of everything. Any other refusal may be about the place, so list again.
    /// </summary>
    private static bool KeepsItsPlace(Exception e, CancellationToken cancellationToken) => e switch
    {
        KubernetesException refusal => refusal.IsTooManyRequests,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };

    private async Task PauseAsync(Exception e, CancellationToken cancellationToken)
    {
        try
        {
            await _backoff.WaitAsync((e as KubernetesException)?.RetryAfter, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The loop ends by itself.
        }
    }

    private ListOptions Options() => new() { LabelSelector = options.LabelSelector, FieldSelector = options.FieldSelector };
}
