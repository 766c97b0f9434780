using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ModelOperator.Controller.Tests.Traffic;

/// <summary>A real HTTP server in a router's place, answering what a test tells it to.</summary>
internal sealed class RouterServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private RouterServer(WebApplication application) => _application = application;

    public int Port { get; private set; }

    /// <summary>The query of every request so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<RouterServer> StartAsync(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://0.0.0.0:0");
        WebApplication application = builder.Build();
        var server = new RouterServer(application);
        application.Run(async context =>
        {
            server.Requests.Enqueue(context.Request.Path + context.Request.QueryString);
            await answer(context);
        });
        await application.StartAsync();
        server.Port = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return server;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}
