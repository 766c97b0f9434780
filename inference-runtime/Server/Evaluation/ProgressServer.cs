using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ModelOperator.Server.Commands;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Evaluation;

/// <summary><c>GET /progress</c>: how far the evaluation is.</summary>
internal sealed class ProgressServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProgressServer(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    public static async Task<ProgressServer> StartAsync(int port, EvaluationTally tally, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Logging.AddTimestampedConsole();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenAnyIP(port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Limits.MaxRequestBodySize = 0;
        });
        WebApplication app = builder.Build();
        app.MapGet("/progress", (RequestDelegate)(context => Responses.WriteAsync(
            context, JsonSerializer.SerializeToUtf8Bytes(tally.Report(), EvaluationJson.Default.EvaluationReport))));
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"cannot listen on port {port}: {e.Message}", e);
        }

        string address = app.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>()
            .Addresses.First();
        return new ProgressServer(app, new Uri(address).Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
