using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>
/// A model server on a real port, as a pod of a revision: answers infer with what it got, remembers request ids, judges feedback
/// (truth "right" is right), and ends like the real one.
/// </summary>
internal sealed class TestPod : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, bool> _judged = new();
    private int _served;

    private TestPod(WebApplication app, string name, string revision) => (_app, Name, Revision) = (app, name, revision);

    public string Name { get; }

    public string Revision { get; }

    /// <summary>What infer does before it answers; null answers at once.</summary>
    public Func<HttpContext, Task>? BeforeAnswer { get; set; }

    /// <summary>Turns away whatever arrives, as a server that is stopping does.</summary>
    public bool Draining { get; set; }

    /// <summary>The headers of whatever arrived.</summary>
    public ConcurrentQueue<IHeaderDictionary> Asked { get; } = new();

    public int Served => Volatile.Read(ref _served);

    public string Address { get; private set; } = "";

    public static async Task<TestPod> StartAsync(string revision, string? name = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0);
            k.Limits.MaxRequestBodySize = null;
        });
        WebApplication app = builder.Build();
        var pod = new TestPod(app, name ?? $"digits-{revision}-{Guid.NewGuid().ToString("N")[..5]}", revision);
        app.Run(pod.HandleAsync);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        pod.Address = new Uri(address).Authority;
        return pod;
    }

    public PodState State(bool ready = true, bool warm = true) => new(Name, $"uid-{Name}", "digits", Revision, Address, ready, warm);

    /// <summary>Ends at once when nothing is under way any more.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        Asked.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase)));
        if (Draining)
        {
            context.Response.StatusCode = 503;
            context.Response.Headers["x-model-draining"] = "true";
            await context.Response.WriteAsync("""{"error":"the server is stopping"}""");
            return;
        }

        string path = context.Request.Path.Value!;
        if (path.EndsWith("/infer", StringComparison.Ordinal))
        {
            await InferAsync(context);
        }
        else if (path.EndsWith("/feedback", StringComparison.Ordinal))
        {
            await FeedbackAsync(context);
        }
        else
        {
            await context.Response.WriteAsync($$"""{"pod":"{{Name}}"}""");
        }
    }

    private async Task InferAsync(HttpContext context)
    {
        if (BeforeAnswer is { } before)
        {
            await before(context);
        }

        if (context.Response.HasStarted)
        {
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        string header = context.Request.Headers["x-request-id"].ToString();
        string? inBody = null;
        if (body.Length is > 0 and < 2_000_000)
        {
            inBody = (string?)JsonNode.Parse(body.ToArray())?["id"];
        }

        _judged.TryAdd(header.Length > 0 ? header : inBody ?? "", false);
        Interlocked.Increment(ref _served);
        context.Response.ContentType = "application/json";
        if (context.Response.StatusCode == 200)
        {
            await context.Response.WriteAsync($$"""{"pod":"{{Name}}","id":"{{header}}","bytes":{{body.Length}}}""");
        }
        else
        {
            await context.Response.WriteAsync("""{"error":"as asked"}""");
        }
    }

    private async Task FeedbackAsync(HttpContext context)
    {
        JsonNode feedback = (await JsonNode.ParseAsync(context.Request.Body))!;
        string id = (string)feedback["id"]!;
        if (!_judged.TryGetValue(id, out bool duplicate))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("""{"error":"unknown id"}""");
            return;
        }

        _judged[id] = true;
        bool right = (string?)feedback["truth"] == "right";
        var answer = new JsonObject
        {
            ["id"] = id,
            ["model_name"] = "digits",
            ["correct"] = right ? 1 : 0,
            ["incorrect"] = right ? 0 : 1,
            ["duplicate"] = duplicate,
        };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString());
    }
}
