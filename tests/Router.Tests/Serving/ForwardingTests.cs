using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Evidence;
using ModelOperator.Router.Routing;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>Real HTTP from a client through the router to model servers.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ForwardingTests
{
    private const string Stable = "aaaaaaaaaa", Canary = "bbbbbbbbbb";

    [Test]
    public async Task Requests_are_shared_exactly_answered_with_revision_and_id_and_counted()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod stable = await TestPod.StartAsync(Stable), canary = await TestPod.StartAsync(Canary);
        router.Route([new(Stable, 75), new(Canary, 25)], stable.State(), canary.State());

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => router.InferAsync()));

        Assert.That(answers.Select(a => a.StatusCode), Has.All.EqualTo(HttpStatusCode.OK));
        Assert.That(answers.Count(a => Header(a, "x-model-revision") == Canary), Is.EqualTo(100));
        Assert.That(answers.Select(a => Header(a, "x-request-id")), Is.Unique.And.All.Match("^(a{10}\\.digits-a|b{10}\\.digits-b)"));
        Assert.That((stable.Served, canary.Served), Is.EqualTo((300, 100)));
        Dictionary<string, RevisionCounts> counts = await router.CountsAsync();
        Assert.That((counts[Stable].Requests, counts[Canary].Requests), Is.EqualTo((300, 100)));
        Assert.That(counts[Canary].Latency.Sum(b => b[1]), Is.EqualTo(100));
        Assert.That(counts.Values.Sum(c => c.Errors + c.Rejections), Is.Zero);
    }

    [Test]
    public async Task Errors_and_rejections_of_the_model_server_reach_the_client_and_are_counted_as_such()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        foreach (int status in new[] { 200, 400, 404, 500, 503 })
        {
            pod.BeforeAnswer = c => Task.FromResult(c.Response.StatusCode = status);
            using HttpResponseMessage answer = await router.InferAsync();
            Assert.That((int)answer.StatusCode, Is.EqualTo(status));
            Assert.That(Header(answer, "x-model-revision"), Is.EqualTo(Stable));
        }

        RevisionCounts counts = (await router.CountsAsync())[Stable];
        Assert.That((counts.Requests, counts.Rejections, counts.Errors, counts.Latency.Sum(b => b[1])), Is.EqualTo((5, 2, 2, 1)));
    }

    [Test]
    public async Task What_a_cold_pod_answers_reaches_the_client_and_is_no_evidence()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod warm = await TestPod.StartAsync(Stable), cold = await TestPod.StartAsync(Canary);
        router.Route([new(Stable, 50), new(Canary, 50)], warm.State(), cold.State(warm: false));
        int cases = 0;
        cold.BeforeAnswer = context => Task.FromResult(context.Response.StatusCode = Interlocked.Increment(ref cases) % 2 == 0 ? 500 : 200);

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => router.InferAsync()));

        Assert.That(answers.Count(a => a.StatusCode == HttpStatusCode.InternalServerError), Is.EqualTo(25));
        Dictionary<string, RevisionCounts> counts = await router.CountsAsync();
        RevisionCounts canary = counts[Canary];
        Assert.That((canary.WarmUp, canary.Requests, canary.Errors, canary.Latency.Count), Is.EqualTo((50, 0, 0, 0)));
        Assert.That((counts[Stable].WarmUp, counts[Stable].Requests), Is.EqualTo((0, 50)));
    }

    [Test]
    public async Task A_connection_broken_in_the_middle_of_inference_is_an_error_and_is_not_sent_again()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod one = await TestPod.StartAsync(Stable), two = await TestPod.StartAsync(Stable);
        int arrived = 0;
        one.BeforeAnswer = two.BeforeAnswer = context =>
        {
            Interlocked.Increment(ref arrived);
            context.Abort();
            return Task.CompletedTask;
        };
        router.Route([new(Stable, 100)], one.State(), two.State());

        using HttpResponseMessage answer = await router.InferAsync();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadGateway));
        Assert.That(await ErrorOf(answer), Does.Contain("broke off"));
        Assert.That(arrived, Is.EqualTo(1));
        Assert.That((await router.CountsAsync())[Stable].Errors, Is.EqualTo(1));
    }

    [Test]
    public async Task A_model_that_stays_silent_is_given_up_and_counted_as_an_error()
    {
        await using TestRouter router = await TestRouter.StartAsync(o => o with { ActivityTimeout = TimeSpan.FromMilliseconds(300) });
        await using TestPod pod = await TestPod.StartAsync(Stable);
        pod.BeforeAnswer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        router.Route([new(Stable, 100)], pod.State());

        using HttpResponseMessage answer = await router.InferAsync();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.GatewayTimeout));
        RevisionCounts counts = (await router.CountsAsync())[Stable];
        Assert.That((counts.Requests, counts.Errors), Is.EqualTo((1, 1)));
        Assert.That(
            counts.Latency.Single()[0],
            Is.GreaterThanOrEqualTo(LatencyBuckets.Index(TimeSpan.FromMilliseconds(300))),
            "it is slow as well");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_request_its_client_gave_up_is_counted_with_the_time_that_it_had_waited(bool answerHadBegun)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        var arrived = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        pod.BeforeAnswer = async context =>
        {
            arrived.SetResult();
            context.RequestAborted.Register(gone.SetResult);
            if (answerHadBegun)
            {
                await context.Response.StartAsync();
            }

            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        router.Route([new(Stable, 100)], pod.State());

        using var givingUp = new CancellationTokenSource();
        Task<HttpResponseMessage> request = router.Client.PostAsync(
            new Uri(router.Host.TrafficAddress, "/v2/models/digits/infer"), new StringContent("{}"), givingUp.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await Task.Delay(250);
        await givingUp.CancelAsync();

        Assert.That(async () => await request, Throws.InstanceOf<OperationCanceledException>());
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
        pod.BeforeAnswer = null;
        using HttpResponseMessage next = await router.InferAsync();
        await Eventually.TrueAsync(async () => (await router.CountsAsync())[Stable].Abandoned.Count > 0, "it is counted");
        RevisionCounts counts = (await router.CountsAsync())[Stable];
        Assert.That((counts.Requests, counts.Errors), Is.EqualTo((1, 0)), "only the one that was waited for");
        Assert.That(counts.Abandoned.Single()[1], Is.EqualTo(1));
        Assert.That(
            counts.Abandoned.Single()[0],
            Is.InRange(LatencyBuckets.Index(TimeSpan.FromMilliseconds(200)), LatencyBuckets.Index(TimeSpan.FromSeconds(10))));
    }

    [Test]
    public async Task A_pod_that_cannot_be_reached_or_is_draining_costs_no_request_and_no_share()
    {
        // Its own names: instruments are the process's, and so those of the tests that run beside this one.
        const string Mine = "eeeeeeeeee", Other = "ffffffffff";
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod good = await TestPod.StartAsync(Mine),
            draining = await TestPod.StartAsync(Mine),
            canary = await TestPod.StartAsync(Other);
        draining.Draining = true;
        using var port = new RefusingPort();
        var refused = new PodState("refused", "uid-refused", "digits", Mine, port.Address, Ready: true, Warm: true);
        router.Route([new(Mine, 50), new(Other, 50)], good.State(), draining.State(), refused, canary.State());

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => router.InferAsync()));

        Assert.That(answers.Select(a => a.StatusCode), Has.All.EqualTo(HttpStatusCode.OK));
        Assert.That((good.Served, canary.Served), Is.EqualTo((100, 100)), "another pod of the same revision answers");
        Assert.That((await router.CountsAsync()).Values.Sum(c => c.Errors), Is.Zero);
        string metrics = await router.Client.GetStringAsync(new Uri(router.Host.AdminAddress, "/metrics"));
        Assert.That(Exposition.Values(metrics, "model_router_retries_total", "revision", Mine), Has.Count.EqualTo(1).And.All.Positive);
        Assert.That(Exposition.Values(metrics, "model_router_requests_total", "revision", Other), Is.EqualTo((double[])[100]));
    }

    [Test]
    public async Task When_no_pod_of_the_revision_drawn_can_be_reached_another_revision_answers()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod canary = await TestPod.StartAsync(Canary);
        using var port = new RefusingPort();
        var refused = new PodState("refused", "uid-refused", "digits", Stable, port.Address, Ready: true, Warm: true);
        router.Route([new(Stable, 90), new(Canary, 10)], refused, canary.State());

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => router.InferAsync()));

        Assert.That(answers.Select(a => (a.StatusCode, Header(a, "x-model-revision"))), Has.All.EqualTo((HttpStatusCode.OK, Canary)));
        Assert.That(
            (await router.CountsAsync())[Canary].Requests, Is.EqualTo(10), "what was meant for another revision is no random sample");
    }

    [Test]
    public async Task A_request_that_finds_no_pod_waits_for_one_and_else_is_told_when_to_come_again()
    {
        await using TestRouter router = await TestRouter.StartAsync(o => o with { UnreachedTimeout = TimeSpan.FromMilliseconds(500) });
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State(ready: false));

        using (HttpResponseMessage none = await router.InferAsync())
        {
            Assert.That(
                (none.StatusCode, none.Headers.RetryAfter?.Delta),
                Is.EqualTo((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1))));
            Assert.That(await ErrorOf(none), Is.EqualTo("model 'digits' has no ready pod"));
        }

        Task<HttpResponseMessage> waiting = router.InferAsync();
        await Task.Delay(100);
        router.Route([new(Stable, 100)], pod.State());
        using HttpResponseMessage answer = await waiting;
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(
            await router.CountsAsync(),
            Is.Empty,
            "what reached no model is no evidence about any, nor is what took the first pod that came");
    }

    [Test]
    public async Task A_header_pins_a_revision_whatever_its_weight()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod stable = await TestPod.StartAsync(Stable), canary = await TestPod.StartAsync(Canary);
        router.Route([new(Stable, 100)], stable.State(), canary.State());

        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage pinned = await router.InferAsync(headers: ("x-model-revision", Canary));
            Assert.That(Header(pinned, "x-model-revision"), Is.EqualTo(Canary));
        }

        Assert.That(await router.CountsAsync(), Is.Empty, "whoever chooses the revision is no random sample");
        using HttpResponseMessage unknown = await router.InferAsync(headers: ("x-model-revision", "cccccccccc"));
        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await ErrorOf(unknown), Is.EqualTo("header x-model-revision: model 'digits' has no revision 'cccccccccc'"));
    }

    [TestCase("/v2/models/nope/infer", "", "model 'nope' is unknown here")]
    [TestCase("/v2/models/nope/infer", "digits.default", "model 'nope' is unknown here")]
    [TestCase("/v2/health/ready", "", "no model is named")]
    public async Task An_unknown_model_is_named_in_a_404(string path, string host, string error)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        router.Route([new(Stable, 100)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(router.Host.TrafficAddress, path));
        if (host.Length > 0)
        {
            request.Headers.Host = host;
        }

        using HttpResponseMessage answer = await router.Client.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await ErrorOf(answer), Does.StartWith(error));
    }

    [Test]
    public async Task What_is_not_inference_is_forwarded_by_host_and_not_counted()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(router.Host.TrafficAddress, "/v2"));
        request.Headers.Host = "digits.default.svc.cluster.local";

        using HttpResponseMessage answer = await router.Client.SendAsync(request);

        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(pod.Name));
        Assert.That(await router.CountsAsync(), Is.Empty);
    }

    [TestCase("GET", "/metrics", 404)]
    [TestCase("GET", "/METRICS", 404)]
    [TestCase("GET", "/v2/%2e%2e/metrics", 404)]
    [TestCase("POST", "/v2/repository/index", 404)]
    [TestCase("POST", "/V2/repository/models/digits/unload", 404)]
    [TestCase("GET", "/v2/models/digits%2Fload", 404)]
    [TestCase("GET", "/v2/models/digits/infer", 405)]
    [TestCase("DELETE", "/v2/models/digits", 405)]
    public async Task Nothing_else_of_a_pod_reaches_clients(string method, string path, int status)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(router.Host.TrafficAddress, path));
        request.Headers.Host = "digits.default";

        using HttpResponseMessage answer = await router.Client.SendAsync(request);

        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
        Assert.That(await ErrorOf(answer), Is.Not.Empty);
        Assert.That(answer.Content.Headers.Allow.Count, status == 405 ? Is.Positive : Is.Zero);
        Assert.That(pod.Asked, Is.Empty);
    }

    [TestCase("/v2/models/digits/infer")]
    [TestCase("/v2/models/digits/feedback")]
    [TestCase("/v2/models/digits/Feedback")]
    public async Task A_tolerance_that_a_client_sends_reaches_no_pod(string path)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        using HttpResponseMessage answer = await router.InferAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(router.Host.TrafficAddress, path))
        {
            Content = new StringContent($$"""{"id":"{{Header(answer, "x-prediction-id")}}","truth":"right"}"""),
            Headers = { { "x-feedback-tolerance", "1e9" } },
        };

        using HttpResponseMessage second = await router.Client.SendAsync(request);

        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(pod.Asked, Has.Count.EqualTo(2));
        Assert.That(pod.Asked.Select(headers => headers.ContainsKey("x-feedback-tolerance")), Has.All.False);
    }

    [Test]
    public async Task A_client_is_told_its_own_id_and_the_one_that_its_feedback_is_to_name()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());

        using HttpResponseMessage own = await router.InferAsync(
            """{"inputs":[{"x":1}],"id":"from-body"}""", ("x-request-id", "from-header"));
        using HttpResponseMessage none = await router.InferAsync();
        using HttpResponseMessage wrong = await router.InferAsync(headers: ("x-request-id", new string('x', 300)));

        Assert.That(Header(own, "x-request-id"), Is.EqualTo("from-header"));
        Assert.That(Header(own, "x-prediction-id"), Does.StartWith($"{Stable}.{pod.Name}."));
        Assert.That(
            await own.Content.ReadAsStringAsync(),
            Does.Contain($"\"id\":\"{Header(own, "x-prediction-id")}\""),
            "it is what the pod remembers");
        Assert.That(Header(none, "x-request-id"), Is.EqualTo(Header(none, "x-prediction-id")));
        Assert.That(
            (wrong.StatusCode, await ErrorOf(wrong)),
            Is.EqualTo((HttpStatusCode.BadRequest, "header x-request-id: must be one value of 1 to 256 visible ASCII characters")));
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;

    private static async Task<string?> ErrorOf(HttpResponseMessage answer) =>
        (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"];
}
