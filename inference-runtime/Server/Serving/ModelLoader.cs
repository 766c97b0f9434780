using ModelOperator.Server.Repository;

namespace ModelOperator.Server.Serving;

/// <summary>Loads the models while the server already answers probes; a model that cannot be served ends the process.</summary>
internal sealed class ModelLoader(
    ModelControl control, ExitState exit, IHostApplicationLifetime lifetime, ILogger<ModelLoader> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A model that fails at once would otherwise stop a host that is still starting, which that host takes for its own failure.
            await StartedAsync(stoppingToken);
            await control.LoadAllAsync(stoppingToken);
        }
        catch (TerminatingException e)
        {
            exit.Fail(e);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop before the model was there.
        }
        catch (Exception e)
        {
            // Whatever a model from outside does here, the reason must reach the one who deployed it.
            LogMessages.LoadFailed(logger, e);
            exit.Fail(new TerminatingException(FailureReasons.ModelInvalid, $"the model cannot be served: {e.Message}", e));
            lifetime.StopApplication();
        }
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }
}
