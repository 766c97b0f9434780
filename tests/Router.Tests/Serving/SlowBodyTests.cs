using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ModelOperator.Router.Forwarding;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>Clients that send slowly, or a lot, keep nobody else from giving feedback.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class SlowBodyTests
{
    private const string Stable = "aaaaaaaaaa";

    [Test]
    public async Task Slow_requests_for_inference_leave_feedback_its_memory()
    {
        await using TestRouter router = await TestRouter.StartAsync(o => o with { ReplayMemoryBytes = 64 * 1024 });
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        using HttpResponseMessage answer = await router.InferAsync();
        List<TcpClient> slow = [];
        for (int i = 0; i < 30; i++)
        {
            slow.Add(await BeginAsync(router, "/v2/models/digits/infer", IPAddress.Loopback));
        }

        (int status, _) = await router.FeedbackAsync(answer.Headers.GetValues("x-prediction-id").Single());

        Assert.That(status, Is.EqualTo(200));
        slow.ForEach(client => client.Dispose());
    }

    [Test]
    public async Task Slow_feedback_of_one_client_leaves_the_others_theirs_and_is_told_to_come_again()
    {
        await using TestRouter router = await TestRouter.StartAsync(o => o with { FeedbackMemoryBytes = 64 * 1024 });
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        using HttpResponseMessage answer = await router.InferAsync();
        List<TcpClient> slow = [];
        for (int i = 0; i < 8; i++)
        {
            slow.Add(await BeginAsync(router, "/v2/models/digits/feedback", IPAddress.Parse("127.0.0.2")));
        }

        string refused = await new StreamReader(slow[^1].GetStream()).ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)) ?? "";

        (int status, _) = await router.FeedbackAsync(answer.Headers.GetValues("x-prediction-id").Single());

        Assert.That((refused, status), Is.EqualTo(("HTTP/1.1 503 Service Unavailable", 200)));
        slow.ForEach(client => client.Dispose());
    }

    [Test]
    public async Task Feedback_that_takes_for_ever_is_given_up()
    {
        await using TestRouter router = await TestRouter.StartAsync(o => o with { FeedbackBodyTimeout = TimeSpan.FromMilliseconds(300) });
        router.Route([new(Stable, 100)]);
        using TcpClient slow = await BeginAsync(router, "/v2/models/digits/feedback", IPAddress.Loopback);

        string? line = await new StreamReader(slow.GetStream()).ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.That(line, Is.EqualTo("HTTP/1.1 408 Request Timeout"));
    }

    [Test]
    public async Task Feedback_that_is_too_long_is_told_so()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        router.Route([new(Stable, 100)]);

        (int status, JsonNode body) = await router.FeedbackAsync("x", new string('x', 1 << 20));

        Assert.That((status, (string?)body["error"]), Is.EqualTo((413, "feedback is longer than 1048576 bytes, the limit")));
    }

    [Test]
    public void What_clients_take_is_given_back()
    {
        var budget = new BufferBudget(100, 60);
        IPAddress one = IPAddress.Parse("10.0.0.1"), other = IPAddress.Parse("10.0.0.2");

        Assert.That(
            (budget.TryTake(one, 40), budget.TryTake(one, 30), budget.TryTake(one, 20)),
            Is.EqualTo((true, false, true)),
            "60 for one client");
        Assert.That((budget.TryTake(other, 50), budget.TryTake(other, 40)), Is.EqualTo((false, true)), "100 in all");
        foreach ((IPAddress client, int count) in new[] { (one, 40), (one, 20), (other, 40) }) budget.Return(client, count);
        Assert.That((budget.Available, budget.TryTake(one, 60)), Is.EqualTo((100, true)));
    }

    /// <summary>Sends the beginning of a request and then nothing.</summary>
    private static async Task<TcpClient> BeginAsync(TestRouter router, string path, IPAddress from)
    {
        var client = new TcpClient(new IPEndPoint(from, 0));
        await client.ConnectAsync(IPAddress.Loopback, router.Host.TrafficAddress.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: digits\r\nContent-Length: 900000\r\n\r\n{{\"id\":\"{new string('x', 3000)}"));
        return client;
    }
}
