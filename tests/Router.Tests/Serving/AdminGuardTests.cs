using ModelOperator.Evidence;

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
        string ofOtherKeys = RouterToken.For("a", NamespaceKeys.Create(DateTimeOffset.UtcNow), DateTimeOffset.UtcNow);

        foreach (string? token in new[] { null, "", "x", forAnother, ofOtherKeys })
        {
            (int status, string body) = await router.AdminAsync(new HttpMethod(method), path, token);
            Assert.That((status, body), Is.EqualTo((401, """{"error":"only the operator and the routers of namespace \u0027default\u0027 are answered here"}""")), token);
        }

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
            HttpMethod.Post, $"/v1/models/digits/revisions/aaaaaaaaaa/outcomes/{Key}?correct=2147483647&incorrect=0", router.Host.Keys.TokenFor("a"));

        Assert.That(status, Is.EqualTo(400));
        Assert.That(await router.CountsAsync(), Is.Empty);
    }
}
