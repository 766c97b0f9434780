using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Tests;

/// <summary>The real server on a free port in this process.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{PortOf(0)}/") };
    }

    public HttpClient Client { get; }

    public string GrpcAddress => $"127.0.0.1:{PortOf(1)}";

    public IServiceProvider Services => _app.Services;

    public static string Models => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>Starts a server and waits until it is ready, or until it gave up.</summary>
    public static async Task<TestServer> StartAsync(string model, Func<ServeOptions, ServeOptions>? change = null)
    {
        ServeOptions options = new() { ModelName = "digits", ModelPath = model, Port = 0, GrpcPort = 0, Execution = new() { Threads = 1 } };
        WebApplication app = ModelServer.Build(change?.Invoke(options) ?? options);
        await app.StartAsync();
        TestServer server = new(app);
        ExitState exit = app.Services.GetRequiredService<ExitState>();
        while (exit.Failure is null && (await server.Client.GetAsync("v2/health/ready")).StatusCode != HttpStatusCode.OK)
        {
            await Task.Delay(10);
        }

        return server;
    }

    public static Task<TestServer> DigitsAsync(Func<ServeOptions, ServeOptions>? change = null) =>
        StartAsync(Path.Combine(Models, "digits-v1.onnx"), change);

    /// <summary>What ended a server that could not load its model.</summary>
    public static async Task<TerminatingException> FailureAsync(string model, Func<ServeOptions, ServeOptions>? change = null)
    {
        ServeOptions options = new() { ModelName = "digits", ModelPath = model, Port = 0, GrpcPort = 0, Execution = new() { Threads = 1 } };
        await using WebApplication app = ModelServer.Build(change?.Invoke(options) ?? options);
        await app.StartAsync();
        await app.WaitForShutdownAsync();
        return app.Services.GetRequiredService<ExitState>().Failure ?? throw new InvalidOperationException("the model was loaded");
    }

    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> PostAsync(
        string path, string json, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request =
            new(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        HttpResponseMessage response = await Client.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, JsonDocument.Parse(body).RootElement, response);
    }

    public Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> InferAsync(
        string json, params (string, string)[] headers) =>
        PostAsync("v2/models/digits/infer", json, headers);

    public Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> FeedbackAsync(string id, string truth) =>
        PostAsync("v2/models/digits/feedback", $$"""{"id":"{{id}}","truth":{{truth}}}""");

    /// <summary>Feedback that has something else than the truth.</summary>
    public Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> OutcomeAsync(string id, string outcome) =>
        PostAsync("v2/models/digits/feedback", $$"""{"id":"{{id}}",{{outcome}}}""");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private int PortOf(int index)
    {
        IServer server = _app.Services.GetRequiredService<IServer>();
        return new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ElementAt(index)).Port;
    }
}
