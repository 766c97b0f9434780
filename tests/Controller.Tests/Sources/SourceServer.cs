using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ModelOperator.Controller.Tests.Sources;

/// <summary>A real HTTP server in the place of a Prometheus or a webhook, answering what a test tells it to.</summary>
internal sealed class SourceServer : IAsyncDisposable
{
    private const string BodyKey = "body";

    private readonly WebApplication _application;

    private SourceServer(WebApplication application) => _application = application;

    public string Address { get; private set; } = "";

    /// <summary>Method, path and body of every request so far.</summary>
    public ConcurrentQueue<(string Method, string Path, string? ContentType, string Body)> Requests { get; } = new();

    /// <summary>Body of the request that is being answered.</summary>
    public static string BodyOf(HttpContext context) => (string)context.Items[BodyKey]!;

    public static Task<SourceServer> AnsweringAsync(string body, int status = 200) => StartAsync(async context =>
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(body);
    });

    public static async Task<SourceServer> StartAsync(Func<HttpContext, Task> answer, X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        WebApplication application = builder.Build();
        var server = new SourceServer(application);
        application.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            string body = await reader.ReadToEndAsync();
            context.Items[BodyKey] = body;
            server.Requests.Enqueue((context.Request.Method, context.Request.Path, context.Request.ContentType, body));
            await answer(context);
        });
        await application.StartAsync();
        server.Address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return server;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}
