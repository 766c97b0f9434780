using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>A controller the host runs, whatever it reconciles.</summary>
internal interface IControllerRunner
{
    /// <summary>Begins to collect keys; nothing is reconciled yet.</summary>
    void Connect();

    /// <summary>Works until stopped; <paramref name="abort"/> cancels the reconciles under way.</summary>
    Task RunAsync(CancellationToken abort);

    /// <summary>Starts no more reconciles and waits for those under way.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>Takes keys off a queue and has the controller reconcile the entities they name.</summary>
internal sealed class ControllerRunner<TEntity> : IControllerRunner, IAsyncDisposable
    where TEntity : KubernetesObject
{
    private readonly string _name;
    private readonly IEntityController<TEntity> _controller;
    private readonly IEntityStore<TEntity> _entities;
    private readonly ControllerBuilder<TEntity> _options;
    private readonly IServiceProvider _services;
    private readonly WorkQueue<EntityKey> _queue;

    // An object's change may be seen before its owner is: what was never reconciled is not there yet, not gone.
    private readonly ConcurrentDictionary<EntityKey, bool> _reconciled = new();
    private readonly ControllerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public ControllerRunner(
        IEntityController<TEntity> controller,
        IEntityStore<TEntity> entities,
        ControllerBuilder<TEntity> options,
        IServiceProvider services,
        ControllerMetrics metrics,
        TimeProvider time,
        ILogger<ControllerRunner<TEntity>> logger)
    {
        _name = controller.GetType().Name;
        (_controller, _entities, _options, _services, _metrics, _time, _logger) = (controller, entities, options, services, metrics, time, logger);
        _queue = new(time);
        metrics.WatchQueue(_name, _queue);
    }

    /// <summary>No key waits or is worked on.</summary>
    internal bool IsIdle => _queue.IsIdle;

    public void Connect() => _options.Connect(_services, _queue);

    public async Task RunAsync(CancellationToken abort)
    {
        _logger.WorkersStarted(_name, _options.WorkerCount);
        await Task.WhenAll(Enumerable.Range(0, _options.WorkerCount).Select(_ => Task.Run(() => WorkAsync(abort), CancellationToken.None)));
    }

    public Task StopAsync(CancellationToken cancellationToken) => _queue.ShutDownAsync(cancellationToken);

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private async Task WorkAsync(CancellationToken abort)
    {
        while (await _queue.TakeAsync(CancellationToken.None) is (true, var key))
        {
            try
            {
                await ProcessAsync(key, abort);
            }
            finally
            {
                _queue.Done(key);
            }
        }
    }

    private async Task ProcessAsync(EntityKey key, CancellationToken abort)
    {
        var started = _time.GetTimestamp();
        var threw = false;
        _metrics.Started(_name);
        ReconciliationResult<TEntity> result;
        try
        {
            result = await ReconcileAsync(key, abort);
        }
#pragma warning disable CA1031 // Whatever one entity makes a controller throw, the others must still be served.
        catch (Exception e)
#pragma warning restore CA1031
        {
            threw = true;
            result = ReconciliationResult<TEntity>.Failure(e);
        }

        var outcome = Requeue(key, result, threw, abort);
        _metrics.Ended(_name, outcome, _time.GetElapsedTime(started));
    }

    private async Task<ReconciliationResult<TEntity>> ReconcileAsync(EntityKey key, CancellationToken abort)
    {
        if (_entities.Get(key.Namespace, key.Name) is { } entity)
        {
            _reconciled[key] = true;
            return await _controller.ReconcileAsync(entity, abort);
        }

        if (_reconciled.ContainsKey(key))
        {
            await _controller.DeletedAsync(key.Namespace, key.Name, abort);
            _reconciled.TryRemove(key, out _);
        }

        return ReconciliationResult<TEntity>.Success();
    }

    private string Requeue(EntityKey key, ReconciliationResult<TEntity> result, bool threw, CancellationToken abort)
    {
        switch (result)
        {
            case { Error: not null } when abort.IsCancellationRequested:
                // Stopped in the middle: no failure of the entity's.
                return "aborted";
            case { Error: { } error, IsTerminal: true }:
                _queue.Forget(key);
                _metrics.Failed(_name, terminal: true, threw);
                _logger.ReconcileFailedForGood(_options.KindName, key, error);
                return "terminal_error";
            case { Error: KubernetesException { IsConflict: true } }:
                // The cache was behind the server; no fault of anybody's.
                _queue.AddRateLimited(key);
                _logger.ReconcileConflicted(_options.KindName, key);
                return "conflict";
            case { Error: { } error }:
                _queue.AddRateLimited(key);
                _metrics.Failed(_name, terminal: false, threw);
                _logger.ReconcileFailed(_options.KindName, key, _queue.Failures(key), error);
                return "error";
            case { RequeueAfter: { } after }:
                _queue.Forget(key);
                _queue.AddAfter(key, after);
                return "requeue_after";
            default:
                _queue.Forget(key);
                return "success";
        }
    }
}
