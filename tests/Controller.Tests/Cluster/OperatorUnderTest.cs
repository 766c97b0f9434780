using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ModelOperator.Controller.Sources;
using ModelOperator.Controller.Traffic;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>The whole operator, in this process, working in one namespace.</summary>
internal sealed class OperatorUnderTest : IAsyncDisposable
{
    private readonly WebApplication _application;

    private OperatorUnderTest(WebApplication application, int port) => (_application, Port) = (application, port);

    /// <summary>Port of its health checks and metrics.</summary>
    public int Port { get; }

    public static async Task<OperatorUnderTest> StartAsync(
        ApiServerFixture server, string @namespace, int routerPort, int progressPort, string runtimeImage)
    {
        int port = FreePort.Find();
        var settings = new OperatorSettings
        {
            Controller = new ControllerOptions
            {
                RuntimeImage = runtimeImage,
                RouterImage = "registry.example/model-router:1",
                RouterReplicas = 2,
            },
            WatchNamespace = @namespace,
            PodNamespace = @namespace,
            PodName = $"operator-{Guid.NewGuid():N}",
            HttpPort = port,
            WebhookPort = null,
        };
        WebApplication application = OperatorApplication.Build(
            settings,
            server.Configuration,
            new EvidenceOptions { Port = routerPort, ProgressPort = progressPort },
            new SourceOptions { Networks = SourceAddress.Parse("private,loopback", out _)! },
            builder => builder.Logging.SetMinimumLevel(LogLevel.Warning));
        await application.StartAsync();
        return new OperatorUnderTest(application, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
