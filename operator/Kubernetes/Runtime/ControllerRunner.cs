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

    /// <summary>Why it no longer works off its keys, or null.</summary>
    string? Stuck { get; }

    /// <summary>Works until stopped; <paramref name="abort"/> cancels the reconciles under way.</summary>
    Task RunAsync(CancellationToken abort);

    /// <summary>Starts no more reconciles and waits for those under way.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>Takes keys off a queue and has the controller reconcile the entities they name.</summary>
internal sealed class ControllerRunner<TEntity> : IControllerRunner, IAsyncDisposable
    where TEntity : KubernetesObject
{
    /// <summary>Each call of a reconcile ends within half a minute; many in a row, each slow, are still done by then.</summary>
    private static readonly TimeSpan LongestReconcile = TimeSpan.FromMinutes(10);

    private readonly string _name;
    private readonly IEntityController<TEntity> _controller;
    private readonly IEntityStore<TEntity> _entities;
    private readonly ControllerBuilder<TEntity> _options;
    private readonly IServiceProvider _services;
    private readonly int _workers;
    private readonly WorkQueue<EntityKey> _queue;
    private readonly EnqueueSelf<TEntity> _self;
    private readonly WriteFence? _fence;
    private readonly IEventRecorder _events;
    private readonly ControllerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    // When each reconcile that has not ended began.
    private readonly ConcurrentDictionary<EntityKey, long> _underWay = new();
    private volatile bool _ended;

    public ControllerRunner(
        IEntityController<TEntity> controller,
        IEntityStore<TEntity> entities,
        ControllerBuilder<TEntity> options,
        IServiceProvider services,
        OperatorSettings settings,
        WriteFence? fence,
        IEventRecorder events,
        ControllerMetrics metrics,
        TimeProvider time,
        ILogger<ControllerRunner<TEntity>> logger)
    {
        _name = controller.GetType().Name;
        (_controller, _entities, _options, _services) = (controller, entities, options, services);
        (_fence, _events, _metrics, _time, _logger) = (fence, events, metrics, time, logger);
        _workers = settings.ParallelReconciliation.MaxParallelReconciliations;
        _queue = new(time);
        _self = new(_queue, settings.ReconcileStrategy);
        metrics.WatchQueue(_name, _queue);
    }

    public string? Stuck => _ended ? $"the workers of {_name} have ended"
        : _underWay.Where(r => _time.GetElapsedTime(r.Value) > LongestReconcile).Select(r => (EntityKey?)r.Key).FirstOrDefault() is { } key
            ? $"the reconcile of {_options.KindName} {key} has not ended within {LongestReconcile.TotalMinutes:0} min"
            : null;

    /// <summary>No key waits or is worked on.</summary>
    internal bool IsIdle => _queue.IsIdle;

    public void Connect() => _options.Connect(_services, _queue, _self);

    public async Task RunAsync(CancellationToken abort)
    {
        _logger.WorkersStarted(_name, _workers);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, _workers).Select(_ => Task.Run(() => WorkAsync(abort), CancellationToken.None)));
        }
        finally
        {
            _ended = true;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _queue.ShutDownAsync(cancellationToken);

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private async Task WorkAsync(CancellationToken abort)
    {
        _fence?.Enter();
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
        if (_self.TakeUnreadable(key) is { } unreadable)
        {
            _events.Record(
                new KubernetesObject { ApiVersion = _options.ApiVersion, Kind = _options.KindName, Metadata = unreadable.Metadata! },
                "Unreadable",
                $"{unreadable.Cause} The last version that the operator can read stays in force. Upgrade the operator, "
                + "or take the change back.",
                EventType.Warning,
                "Read");
        }

        var entity = _entities.Get(key.Namespace, key.Name);
        if (entity is not null)
        {
            await ProcessAsync(key, entity, () => _controller.ReconcileAsync(entity, abort), abort);
        }
        else if (_self.FindDeleted(key) is { } deleted)
        {
            if (await ProcessAsync(key, deleted, () => _controller.DeletedAsync(deleted, abort), abort))
            {
                _self.ForgetDeleted(deleted);
            }
        }
        else
        {
            // A change of an object was seen before its owner was, or after it was told of.
            _queue.Forget(key);
        }
    }

    /// <returns>Whether it is done with, for good or until the next change.</returns>
    private async Task<bool> ProcessAsync(
        EntityKey key, TEntity entity, Func<Task<ReconciliationResult<TEntity>>> reconcile, CancellationToken abort)
    {
        var started = _underWay[key] = _time.GetTimestamp();
        var threw = false;
        _metrics.Started(_name);
        ReconciliationResult<TEntity> result;
        try
        {
            result = await reconcile();
        }
#pragma warning disable CA1031 // Whatever one entity makes a controller throw, the others must still be served.
        catch (Exception e)
#pragma warning restore CA1031
        {
            threw = true;
            result = ReconciliationResult<TEntity>.Failure(entity, e.Message, e);
        }
        finally
        {
            _underWay.TryRemove(key, out _);
        }

        var outcome = Requeue(key, result, threw, abort);
        _metrics.Ended(_name, outcome, _time.GetElapsedTime(started));
        return result.IsSuccess || result.IsTerminal;
    }

    private string Requeue(EntityKey key, ReconciliationResult<TEntity> result, bool threw, CancellationToken abort)
    {
        switch (result)
        {
            case { IsFailure: true } when abort.IsCancellationRequested:
                // Stopped in the middle: no failure of the entity's.
                return "aborted";
            case { IsTerminal: true }:
                _queue.Forget(key);
                _metrics.Failed(_name, terminal: true, threw);
                _logger.ReconcileFailedForGood(_options.KindName, key, result.ErrorMessage, result.Error);
                return "terminal_error";
            case { IsOutdated: true } or { Error: KubernetesException { IsConflict: true } }:
                // The cache was behind the server; no fault of anybody's.
                Retry(key, result);
                _logger.ReconcileConflicted(_options.KindName, key);
                return "conflict";
            case { Error: KubernetesException { IsNamespaceTerminating: true } }:
                // It goes soon, and is looked at now and then until it has gone: a namespace can stay for hours when something in it does
                // not go.
                Retry(key, result);
                _logger.NamespaceTerminating(_options.KindName, key);
                return "namespace_terminating";
            case { Error: LeadershipLostException lost }:
                // The elector decides whether the lease is lost; until then it may be renewed yet.
                Retry(key, result);
                _logger.WriteFenced(_options.KindName, key, lost.Message);
                return "fenced";
            case { IsFailure: true }:
                Retry(key, result);
                _metrics.Failed(_name, terminal: false, threw);
                _logger.ReconcileFailed(_options.KindName, key, result.ErrorMessage, result.Error);
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

    private void Retry(EntityKey key, ReconciliationResult<TEntity> failed)
    {
        if (failed.RequeueAfter is { } after)
        {
            _queue.AddAfter(key, after);
        }
        else
        {
            _queue.AddRateLimited(key);
        }
    }
}
