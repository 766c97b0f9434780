using ModelOperator.Server.Execution;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Models;

/// <summary>Loads the model while the server already answers probes; a model that cannot be served ends the process.</summary>
internal sealed class ModelLoader(
    ServedModel model, ServeOptions options, ModelOpener opener, EndpointWarmUp warmUp, ExitState exit, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<ModelLoader> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A model that fails at once would otherwise stop a host that is still starting, which that host takes for its own failure.
            await StartedAsync(stoppingToken);
            long start = time.GetTimestamp();
            await Task.Run(() => model.Load(opener, options.ModelPath, stoppingToken), stoppingToken);
            if (model.Sample.Count > 0)
            {
                await warmUp.RunAsync(model.Sample, stoppingToken);
            }

            model.MarkReady();
            LogMessages.Ready(logger, model.Name, Math.Round(time.GetElapsedTime(start).TotalSeconds, 3));
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
