using ModelOperator.Evidence;
using ModelOperator.Router.Feedback;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>What decides a rollout comes and goes at the admin port: it answers those only who hold the namespace's keys.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class AdminGuardTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [TestCase("GET", "/v1/models/digits/ticks")]
    [TestCase("GET", "/V1/Models/digits/ticks")]
    [TestCase("GET", $"/v1/outcomes/{Key}")]
    [TestCase("POST", $"/v1/models/digits/revisions/aaaaaaaaaa/outcomes/{Key}?correct=2147483647&incorrect=0")]
    [TestCase("POST", $"//v1/models/digits/revisions/aaaaaaaaaa/outcomes/{Key}?correct=1&incorrect=0")]
    public async Task Whoever_does_not_hold_the_keys_learns_nothing_and_changes_nothing(string method, string path)
    {
        await using TestRouter router = await TestRouter.StartAsync(o => o with { PodName = "a" });
        router.Route([new("aaaaaaaaaa", 100)]);
        string forAnother = router.Host.Keys.TokenFor("b");
        string ofOtherKeys = PodToken.For("a", NamespaceKeys.Create(DateTimeOffset.UtcNow), DateTimeOffset.UtcNow);

        foreach (string? token in new[] { null, "", "x", forAnother, ofOtherKeys })
        {
            (int status, string body) = await router.AdminAsync(new HttpMethod(method), path, token);
            Assert.That(
                (status, body),
                Is.EqualTo((401, """{"error":"only the operator and the routers of namespace \u0027default\u0027 are answered here"}""")),
                token);
        }

        Assert.That(await router.CountsAsync(), Is.Empty);
    }

    [TestCase("/v1/models/digits/ticks?since=0", 200)]
    [TestCase("/v1/models/digits/ticks?since=x", 400)]
    [TestCase($"/v1/outcomes/{Key}", 404)]
    public async Task An_answer_proves_which_router_gave_it_to_which_question(string path, int status)
    {
        await using TestRouter router = await TestRouter.StartAsync(o => o with { PodName = "a" });
        router.Route([new("aaaaaaaaaa", 100)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(router.Host.AdminAddress, path));
        using var other = new HttpRequestMessage(HttpMethod.Get, new Uri(router.Host.AdminAddress, path));
        var check = RouterProof.Ask(request, "a", router.Host.Keys.Current, DateTimeOffset.UtcNow);
        var checkOfAnother = RouterProof.Ask(other, "a", router.Host.Keys.Current, DateTimeOffset.UtcNow);

        using HttpResponseMessage answer = await router.Client.SendAsync(request);
        byte[] body = await answer.Content.ReadAsByteArrayAsync();

        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
        Assert.That(() => check(answer, body), Throws.Nothing);
        Assert.That(() => check(answer, [.. body, 0]), Throws.InstanceOf<HttpRequestException>());
        Assert.That(() => checkOfAnother(answer, body), Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task What_another_router_is_said_to_have_counted_holds_only_with_its_proof()
    {
        await using TestRouter router = await TestRouter.StartAsync(o => o with { PodName = "a" });
        await using TestRouter stranger = await TestRouter.StartAsync(o => o with { PodName = "b", KeysFile = null });
        router.Route([new("aaaaaaaaaa", 100)]);
        router.Host.Peers.Update([router.Peer("a"), stranger.Peer("b")]);
        string id = Enumerable.Range(0, 100)
            .Select(i => $"id-{i}")
            .First(i => router.Host.Peers.KeepersOf(FeedbackKey.Of("digits", i))[0] is not null);

        (int status, _) = await router.FeedbackJsonAsync($$"""{"id":"{{id}}","revision":"aaaaaaaaaa","correct":true}""");

        Assert.That(status, Is.EqualTo(503));
        Assert.That(await router.CountsAsync(), Is.Empty);
    }

    [TestCase("/healthz")]
    [TestCase("/readyz")]
    [TestCase("/metrics")]
    public async Task Probes_and_metrics_are_open(string path)
    {
        await using TestRouter router = await TestRouter.StartAsync();

        Assert.That((await router.AdminAsync(HttpMethod.Get, path, token: null)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task No_router_is_told_of_more_outcomes_than_a_feedback_has()
    {
        await using TestRouter router = await TestRouter.StartAsync(o => o with { PodName = "a" });
        router.Route([new("aaaaaaaaaa", 100)]);

        (int status, _) = await router.AdminAsync(
            HttpMethod.Post, $"/v1/models/digits/revisions/aaaaaaaaaa/outcomes/{Key}?correct=2147483647&incorrect=0",
            router.Host.Keys.TokenFor("a"));

        Assert.That(status, Is.EqualTo(400));
        Assert.That(await router.CountsAsync(), Is.Empty);
    }
}
