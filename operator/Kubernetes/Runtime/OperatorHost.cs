using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>
/// Starts and stops everything in the order that loses nothing. Start: the web server (probes, webhooks), caches, lease, workers.
/// Stop: workers and caches before the web server, the lease and the events after it.
/// </summary>
internal sealed class OperatorHost(
    IEnumerable<ICacheRunner> caches,
    IEnumerable<IControllerRunner> controllers,
    EventRecorder events,
    OperatorSettings settings,
    ControllerMetrics metrics,
    IEnumerable<IReadyCheck> readyChecks,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<OperatorHost> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<ICacheRunner> _caches = [.. caches];
    private readonly IReadOnlyList<IControllerRunner> _controllers = [.. controllers];
    private readonly LeaderElector? _elector = services.GetService<LeaderElector>();

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abortReconciles = new();
    private readonly CancellationTokenSource _stopCaches = new();
    private readonly CancellationTokenSource _stopHolding = new();
    private Task _caching = Task.CompletedTask;
    private Task _working = Task.CompletedTask;
    private Task _running = Task.CompletedTask;

    /// <summary>
    /// What keeps the process from being ready, or nothing. One that waits for the lease is ready: it could take over at once.
    /// </summary>
    public IReadOnlyList<string> NotReady =>
        [.. _caches.Where(c => !c.HasSynced)
            .Select(c => $"cache of {c.Resource}"), .. readyChecks.Select(c => c.NotReady).OfType<string>()];

    /// <summary>
    /// What has come to a halt that nothing inside the process can mend, or nothing. A server that is away is no such thing: a restart
    /// would not bring it back.
    /// </summary>
    public IReadOnlyList<string> Stuck => _stopping.IsCancellationRequested
        ? []
        :
        [
            .. _caches.Select(c => c.Stuck).OfType<string>(),
            .. _controllers.Select(c => c.Stuck).OfType<string>(),
            .. _elector?.IsStuck == true ? ["the lease is neither renewed nor given up"] : Array.Empty<string>(),
        ];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Returns at once: the web server, which starts last, must answer probes while the caches fill.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_elector is not null)
        {
            metrics.WatchLeadership(settings.Name, () => _elector.IsLeader);
        }

        foreach (var controller in _controllers)
        {
            controller.Connect();
        }

        _caching = Task.WhenAll(_caches.Select(c => Task.Run(() => c.RunAsync(_stopCaches.Token), CancellationToken.None)));
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Comes before anything is stopped: the web server still answers while the workers finish.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await StopWorkersAsync(cancellationToken);
        await _stopCaches.CancelAsync();
        await _caching.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The web server, which started after this service, has stopped by now.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopHolding.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReleaseLeaseAsync(cancellationToken);
        using var flush = new CancellationTokenSource(FlushTimeout, time);
        await events.FlushAsync(flush.Token);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stopping.Dispose();
        _abortReconciles.Dispose();
        _stopCaches.Dispose();
        _stopHolding.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            logger.CachesStarting(string.Join(", ", _caches.Select(c => c.Resource)));
            await Task.WhenAll(_caches.Select(c => c.Synced)).WaitAsync(_stopping.Token);
            logger.CachesSynced();
            if (_elector is not null)
            {
                await _elector.AcquireAsync(_stopping.Token);
            }

            _working = Task.WhenAll(_controllers.Select(c => c.RunAsync(_abortReconciles.Token)));
            if (_elector is not null)
            {
                await _elector.HoldAsync(_stopHolding.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Asked to stop.
        }
#pragma warning disable CA1031 // Anything else ends the process, in the host's order and with an exit code that says so.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.OperatorFailed(e);
            Environment.ExitCode = 1;

            // Without the lease another may work already: what is under way must not write any more.
            await _abortReconciles.CancelAsync();
            lifetime.StopApplication();
        }
    }

    private async Task StopWorkersAsync(CancellationToken cancellationToken)
    {
        var stopped = Task.WhenAll(_controllers.Select(c => c.StopAsync(cancellationToken)));
        try
        {
            await stopped.WaitAsync(settings.StopGrace, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            logger.WorkersSlow(settings.StopGrace);
            await _abortReconciles.CancelAsync();
        }

        await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _working.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReleaseLeaseAsync(CancellationToken cancellationToken)
    {
        if (_elector is null)
        {
            return;
        }

        if (!_working.IsCompleted)
        {
            // Whoever takes over now would work beside us.
            logger.LeaseNotReleased();
            return;
        }

        using var timeout = new CancellationTokenSource(ReleaseTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _elector.ReleaseAsync(either.Token);
        }
#pragma warning disable CA1031 // The lease expires by itself; the stop goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.LeaseReleaseFailed(e);
        }
    }
}
