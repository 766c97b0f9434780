using System.Net;
using System.Net.Sockets;
using System.Text;
using ModelOperator.Evidence;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>What a router says it drew: the operator holds it against the weights.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class DrawnTests
{
    private const string Stable = "aaaaaaaaaa", Canary = "bbbbbbbbbb";

    [Test]
    public async Task A_request_is_drawn_once_for_the_revision_that_chance_chose_whoever_answers_it()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod stable = await TestPod.StartAsync(Stable);
        using var port = new RefusingPort();
        var refused = new PodState("refused", "uid-refused", "digits", Canary, port.Address, Ready: true, Warm: true);
        router.Route([new(Stable, 75), new(Canary, 25)], stable.State(), refused);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => router.InferAsync()));

        Assert.That(stable.Served, Is.EqualTo(200));
        Dictionary<string, RevisionCounts> counts = await router.CountsAsync();
        Assert.That((counts[Stable].Drawn, counts[Canary].Drawn), Is.EqualTo(((long?)150, (long?)50)));
        Assert.That((counts[Stable].Requests, counts[Canary].Requests), Is.EqualTo((150, 0)));
    }

    [Test]
    public async Task A_request_that_its_client_gives_up_is_drawn_before_that()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        var arrived = new TaskCompletionSource();
        pod.BeforeAnswer = context =>
        {
            arrived.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        router.Route([new(Stable, 100)], pod.State());

        Task<HttpResponseMessage> waiting = router.InferAsync();
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That((await router.CountsAsync())[Stable].Drawn, Is.EqualTo(1));
        router.Client.CancelPendingRequests();
        Assert.That(() => waiting, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Requests_that_name_their_revision_and_reads_are_not_drawn()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod stable = await TestPod.StartAsync(Stable), canary = await TestPod.StartAsync(Canary);
        router.Route([new(Stable, 50), new(Canary, 50)], stable.State(), canary.State());

        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage pinned = await router.InferAsync(headers: ("x-model-revision", Canary));
            using HttpResponseMessage read = await router.Client.GetAsync(new Uri(router.Host.TrafficAddress, "/v2/models/digits"));
            Assert.That((pinned.StatusCode, read.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
        }

        Assert.That(await router.CountsAsync(), Is.Empty);
    }

    [Test]
    public async Task Nothing_is_drawn_by_weight_while_a_revision_with_a_weight_has_no_ready_pod()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod stable = await TestPod.StartAsync(Stable), canary = await TestPod.StartAsync(Canary);
        router.Route([new(Stable, 50), new(Canary, 50)], stable.State(), canary.State(ready: false));

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => router.InferAsync()));

        RevisionCounts counts = (await router.CountsAsync())[Stable];
        Assert.That((counts.Requests, counts.Drawn), Is.EqualTo((50, (long?)0)));
    }

    [Test]
    public async Task A_request_that_was_long_on_its_way_is_drawn_by_the_table_in_force_when_it_is_here()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod stable = await TestPod.StartAsync(Stable), canary = await TestPod.StartAsync(Canary);
        router.Route([new(Stable, 100)], stable.State(), canary.State());
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, router.Host.TrafficAddress.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes("POST /v2/models/digits/infer HTTP/1.1\r\nHost: digits\r\nContent-Length: 13\r\n\r\n{\"inp"));
        await Task.Delay(300);

        router.Route([new(Stable, 0), new(Canary, 100)], stable.State(), canary.State());
        await stream.WriteAsync(Encoding.ASCII.GetBytes("uts\":[]}"));
        string? line = await new StreamReader(stream).ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.That(line, Is.EqualTo("HTTP/1.1 200 OK"));
        Assert.That((await router.CountsAsync())[Canary].Drawn, Is.EqualTo(1));
    }
}
