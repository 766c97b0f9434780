using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Evidence;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>A router in this process on real ports, and a client of it.</summary>
internal sealed class TestRouter : IAsyncDisposable
{
    /// <summary>The keys that the routers of the tests share.</summary>
    private static readonly string KeysFile = WriteKeys();

    private readonly string _name;
    private long _version;
    private RevisionWeight[] _weights = [];

    private TestRouter(RouterOptions options)
    {
        _name = options.PodName;
        Host = new RouterHost(options, NullLoggerFactory.Instance, TimeProvider.System, Access);
    }

    public RouterHost Host { get; }

    /// <summary>What the API server says of tokens.</summary>
    public PlayedReviews Access { get; } = new();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false });

    public static async Task<TestRouter> StartAsync(Func<RouterOptions, RouterOptions>? configure = null)
    {
        var options = new RouterOptions { Namespace = "default", KeysFile = KeysFile, TrafficPort = 0, AdminPort = 0 };
        var router = new TestRouter(configure?.Invoke(options) ?? options);
        await router.Host.StartAsync(CancellationToken.None);
        router.Host.Readiness.Synced = true;
        return router;
    }

    /// <summary>Puts a table in force.</summary>
    public void Route(RevisionWeight[] weights, params PodState[] pods) => Route(default, weights, pods);

    /// <summary>Puts a table and a rule for feedback in force.</summary>
    public void Route(FeedbackRule rule, RevisionWeight[] weights, params PodState[] pods)
    {
        if (!_weights.SequenceEqual(weights))
        {
            _version++;
        }

        _weights = weights;
        Host.State.Update([new ModelTable("digits", _version, weights, rule)], pods);
    }

    /// <summary>This router as others find it.</summary>
    public RouterPeer Peer(string name) => new(name, Host.AdminAddress.Authority);

    /// <summary>Sends a feedback as it stands.</summary>
    public async Task<(int Status, JsonNode Body)> FeedbackJsonAsync(string json)
    {
        return await FeedbackJsonAsync(json, PlayedReviews.Good);
    }

    /// <summary>Sends a feedback as it stands, as whoever holds that token.</summary>
    public async Task<(int Status, JsonNode Body)> FeedbackJsonAsync(string json, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Host.TrafficAddress, "/v2/models/digits/feedback"))
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        using HttpResponseMessage response = await Client.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public async Task<HttpResponseMessage> InferAsync(string body = """{"inputs":[]}""", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Host.TrafficAddress, "/v2/models/digits/infer"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    public async Task<(int Status, JsonNode Body)> FeedbackAsync(string id, string truth = "right")
    {
        using HttpResponseMessage response = await Client.PostAsJsonAsync(
            new Uri(Host.TrafficAddress, "/v2/models/digits/feedback"), new JsonObject { ["id"] = id, ["truth"] = truth });
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public async Task<EvidenceReport> TicksAsync(long since = 0, string model = "digits")
    {
        (int status, string json) = await AdminAsync(HttpMethod.Get, $"/v1/models/{model}/ticks?since={since}", Host.Keys.TokenFor(_name));
        Assert.That(status, Is.EqualTo(200), json);
        return JsonSerializer.Deserialize(json, EvidenceJson.Default.EvidenceReport)!;
    }

    /// <summary>Asks the admin port, as whoever holds that token.</summary>
    public async Task<(int Status, string Body)> AdminAsync(HttpMethod method, string path, string? token)
    {
        using var request = new HttpRequestMessage(method, new Uri(Host.AdminAddress.GetLeftPart(UriPartial.Authority) + path));
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        using HttpResponseMessage response = await Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Everything counted so far, by revision.</summary>
    public async Task<Dictionary<string, RevisionCounts>> CountsAsync()
    {
        Host.Evidence.CloseTick();
        EvidenceReport report = await TicksAsync();
        return report.Ticks.SelectMany(t => t.Revisions).GroupBy(r => r.Key).ToDictionary(g => g.Key, g => new RevisionCounts
        {
            Requests = g.Sum(r => r.Value.Requests),
            Errors = g.Sum(r => r.Value.Errors),
            Rejections = g.Sum(r => r.Value.Rejections),
            WarmUp = g.Sum(r => r.Value.WarmUp),
            Predictions = g.Sum(r => r.Value.Predictions),
            Drawn = g.Sum(r => r.Value.Drawn),
            Correct = g.Sum(r => r.Value.Correct),
            Incorrect = g.Sum(r => r.Value.Incorrect),
            Latency = [.. g.SelectMany(r => r.Value.Latency)],
            Abandoned = [.. g.SelectMany(r => r.Value.Abandoned)],
        });
    }

    private static string WriteKeys()
    {
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, NamespaceKeys.Create(DateTimeOffset.UtcNow).ToText());
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}
