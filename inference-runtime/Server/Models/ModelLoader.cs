using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Models;

/// <summary>Loads the model while the server already answers probes; a model that cannot be served ends the process.</summary>
internal sealed class ModelLoader(
    ServedModel model, ServeOptions options, SessionFactory factory, ExitState exit, IHostApplicationLifetime lifetime, TimeProvider time)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Run(() => model.Load(factory, options.ModelPath, options.ExecutionProviders, time, stoppingToken), stoppingToken);
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
    }
}
