using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ModelOperator.Fetch.Tests;

/// <summary>A model store on a free port that behaves as a test wishes.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FileServer(WebApplication app)
    {
        _app = app;
        Port = new Uri(app.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>()
            .Addresses.First()).Port;
    }

    public int Port { get; }

    public Uri Uri(string path = "/model", string host = "127.0.0.1") => new($"http://{host}:{Port}{path}");

    public static async Task<FileServer> StartAsync(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        WebApplication app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new FileServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
