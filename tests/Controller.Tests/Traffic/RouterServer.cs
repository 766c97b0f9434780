using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Tests.Traffic;

/// <summary>A real HTTP server in a router's place, answering what a test tells it to.</summary>
internal sealed class RouterServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private RouterServer(WebApplication application) => _application = application;

    public int Port { get; private set; }

    /// <summary>The query of every request so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <param name="answer">What it answers.</param>
    /// <param name="provesAs">As which router, and with which keys, it shows that the answer is its own; null shows nothing.</param>
    public static async Task<RouterServer> StartAsync(
        Func<HttpContext, Task> answer, Func<HttpContext, Task<(string Pod, NamespaceKeys Keys)>>? provesAs = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://0.0.0.0:0");
        WebApplication application = builder.Build();
        var server = new RouterServer(application);
        application.Run(async context =>
        {
            server.Requests.Enqueue(context.Request.Path + context.Request.QueryString);
            if (provesAs is null)
            {
                await answer(context);
                return;
            }

            await ProveAsync(context, answer, await provesAs(context));
        });
        await application.StartAsync();
        server.Port = new Uri(
            application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return server;
    }

    private static async Task ProveAsync(HttpContext context, Func<HttpContext, Task> answer, (string Pod, NamespaceKeys Keys) router)
    {
        Stream sent = context.Response.Body;
        using var body = new MemoryStream();
        context.Response.Body = body;
        await answer(context);
        context.Response.Body = sent;
        context.Response.Headers[RouterProof.ProofHeader] = RouterProof.Of(
            router.Pod,
            context.Request.Headers[RouterProof.NonceHeader].ToString(),
            $"GET {context.Request.Path}{context.Request.QueryString}",
            context.Response.StatusCode,
            body.ToArray(),
            router.Keys,
            DateTimeOffset.UtcNow);
        await sent.WriteAsync(body.ToArray());
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}
