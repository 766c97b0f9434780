using System.Threading.Channels;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Watching;

/// <summary>Watches the ModelDeployments, their pods and the other routers of a namespace and puts every change in force at once.</summary>
internal sealed class ClusterWatcher : IEntityHandler<KubernetesObject>
{
    private readonly RoutingState _state;
    private readonly RouterPeers _peers;
    private readonly RouterReadiness _readiness;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly EntityCache<RoutedModel> _models;
    private readonly EntityCache<Pod> _pods;
    private readonly EntityCache<Pod> _routers;
    private readonly Reflector<RoutedModel> _modelReflector;
    private readonly Reflector<Pod> _podReflector;
    private readonly Reflector<Pod> _routerReflector;

    // One waiting signal is enough: the snapshot is made of all the caches hold.
    private readonly Channel<bool> _changes =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public ClusterWatcher(
        IKubernetesClient client, string @namespace, RoutingState state, RouterPeers peers, RouterReadiness readiness,
        TimeProvider timeProvider, ILoggerFactory loggers)
    {
        _state = state;
        _peers = peers;
        _readiness = readiness;
        _timeProvider = timeProvider;
        _log = loggers.CreateLogger<ClusterWatcher>();
        _models = new EntityCache<RoutedModel>(loggers.CreateLogger<EntityCache<RoutedModel>>());
        _pods = new EntityCache<Pod>(loggers.CreateLogger<EntityCache<Pod>>());
        _routers = new EntityCache<Pod>(loggers.CreateLogger<EntityCache<Pod>>());
        _models.AddHandler(this);
        _pods.AddHandler(this);
        _routers.AddHandler(this);
        var options = new ReflectorOptions { Namespace = @namespace };
        _modelReflector = new Reflector<RoutedModel>(
            client, RoutedModel.Type, _models, options with { ConsistentFirstList = true }, timeProvider,
            loggers.CreateLogger<Reflector<RoutedModel>>());
        _podReflector = new Reflector<Pod>(
            client, Resources.Pods, _pods, options with { LabelSelector = ClusterView.PodSelector }, timeProvider,
            loggers.CreateLogger<Reflector<Pod>>());
        _routerReflector = new Reflector<Pod>(
            client, Resources.Pods, _routers, options with { LabelSelector = ClusterView.RouterSelector }, timeProvider,
            loggers.CreateLogger<Reflector<Pod>>());
    }

    /// <summary>
    /// Watches until cancelled. The last routing stays in force whenever the API server cannot be reached. A fault of its own ends it as a
    /// whole: a router in which one part has died would go on, ready, with a routing that never changes.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] parts =
        [
            _modelReflector.RunAsync(stop.Token),
            _podReflector.RunAsync(stop.Token), _routerReflector.RunAsync(stop.Token), UpdateAsync(stop.Token),
        ];
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts);
    }

    void IEntityHandler<KubernetesObject>.Added(KubernetesObject entity) => _changes.Writer.TryWrite(true);

    void IEntityHandler<KubernetesObject>.Updated(KubernetesObject old, KubernetesObject current) => _changes.Writer.TryWrite(true);

    void IEntityHandler<KubernetesObject>.Deleted(KubernetesObject last) => _changes.Writer.TryWrite(true);

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_models.Synced, _pods.Synced, _routers.Synced).WaitAsync(cancellationToken);
            do
            {
                Update();
                _readiness.Synced = true;
            }
            while (await _changes.Reader.ReadAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The router ends.
        }
    }

    private void Update()
    {
        _peers.Update(_routers.List().Select(ClusterView.Router).OfType<RouterPeer>());
        RoutingSnapshot before = _state.Current;
        var time = _timeProvider.GetUtcNow();
        RoutingSnapshot now = _state.Update(
            _models.List().Select(ClusterView.Table),
            _pods.List().Select(pod => ClusterView.Pod(pod, time)).OfType<PodState>(),
            (model, fault) => LogMessages.ModelNotRouted(_log, model, fault));
        foreach (ModelRoute route in now.Models.Values)
        {
            if (before.Find(route.Name) is { } old && ReferenceEquals(old.Draw, route.Draw))
            {
                continue;
            }

            LogMessages.TableInForce(
                _log, route.Name, route.TableVersion, string.Join(", ", route.Draw.Weights.Select(w => $"{w.Revision} {w.Weight} %")));
        }
    }
}
