using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;

namespace ModelOperator.Router.Tests.Watching;

/// <summary>
/// Lists and watches of ModelDeployments and pods in JSON as it goes over the wire, for objects that no API server with our own definition
/// would store. A real one is behind <see cref="ClusterWatcherTests"/>.
/// </summary>
internal sealed class PlayedApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private int _modelLists;

    private PlayedApiServer(WebApplication app) => _app = app;

    /// <summary>The items of a list of ModelDeployments.</summary>
    public string Models { get; set; } = "";

    /// <summary>The items of a list of pods.</summary>
    public string Pods { get; set; } = "";

    public int ModelLists => Volatile.Read(ref _modelLists);

    public KubernetesClient Client { get; private set; } = null!;

    public static async Task<PlayedApiServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var server = new PlayedApiServer(app);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Client = new KubernetesClient(
            new KubernetesClientConfiguration { Server = new Uri(address) }, TimeProvider.System, NullLogger<KubernetesClient>.Instance);
        return server;
    }

    /// <summary>Sends an event to whoever watches ModelDeployments.</summary>
    public void Send(string type, string model) => _events.Writer.TryWrite($$"""{"type":"{{type}}","object":{{model}}}""");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        bool models = context.Request.Path.Value!.EndsWith("/modeldeployments", StringComparison.Ordinal);
        if (context.Request.Query["watch"] != "true")
        {
            if (models)
            {
                Interlocked.Increment(ref _modelLists);
            }

            await context.Response.WriteAsync($$"""{"metadata":{"resourceVersion":"100"},"items":[{{(models ? Models : Pods)}}]}""");
            return;
        }

        await context.Response.StartAsync();
        try
        {
            while (true)
            {
                string line = models ? await _events.Reader.ReadAsync(context.RequestAborted) : await NeverAsync(context.RequestAborted);
                await context.Response.WriteAsync(line + "\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                if (line.Contains("\"ERROR\"", StringComparison.Ordinal))
                {
                    // A real server ends the watch after it, and the next event belongs to the next watch.
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The watcher has gone.
        }
    }

    private static async Task<string> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return "";
    }
}
