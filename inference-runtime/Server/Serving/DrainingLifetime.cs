using System.Runtime.InteropServices;
using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving;

/// <summary>
/// Stops the server without losing a request. Kubernetes tells the pod to stop and, at the same time, everybody else that the pod is going;
/// until they all know, requests arrive and are served. The port closes when none came for a while, or when the time for it is up.
/// </summary>
internal sealed class DrainingLifetime(
    DrainState state, ModelRepository models, ServeOptions options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<DrainingLifetime> logger)
    : IHostLifetime, IDisposable
{
    /// <summary>Without a request for this long, nobody routes to this server any more.</summary>
    private static readonly TimeSpan QuietEnough = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly List<PosixSignalRegistration> _signals = [];
    private int _stopping;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Drains, then stops the host.</summary>
    public async Task DrainAsync()
    {
        long start = time.GetTimestamp();
        state.Begin();
        if (models.All.Any(m => m.Ready))
        {
            LogMessages.Draining(logger, options.Drain.TotalSeconds);
            while (time.GetElapsedTime(start) < options.Drain && !(state.InFlight == 0 && state.Quiet >= QuietEnough))
            {
                await Task.Delay(Poll, time, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            LogMessages.Drained(logger, Math.Round(time.GetElapsedTime(start).TotalSeconds, 3), state.InFlight);
        }

        state.Close();
        lifetime.StopApplication();
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _stopping, 1) == 0)
        {
            _ = DrainAsync();
        }
        else if (context.Signal == PosixSignal.SIGINT)
        {
            // Somebody at a terminal who asks twice does not want to wait.
            lifetime.StopApplication();
        }
    }
}
