using System.Text.Json.Nodes;
using ModelOperator.Evidence;
using ModelOperator.Protocol;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>Feedback that names its revision needs no pod, and counts once whichever router it comes to.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class SelfContainedFeedbackTests
{
    private const string Stable = "aaaaaaaaaa", Canary = "bbbbbbbbbb";
    private static readonly RevisionWeight[] Weights = [new(Stable, 50), new(Canary, 50)];

    [Test]
    public async Task It_counts_for_its_revision_without_a_pod()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        router.Route(Weights);

        (int status, JsonNode body) = await router.FeedbackJsonAsync(
            $$"""{"id":"order-1","revision":"{{Stable}}","prediction":[1,"2"],"truth":[1,3]}""");
        await router.FeedbackJsonAsync($$"""{"id":"order-2","revision":"{{Canary}}","correct":true}""");
        await router.FeedbackJsonAsync($$"""{"id":"order-3","revision":"{{Canary}}","reward":[0,1,1]}""");
        (_, JsonNode again) = await router.FeedbackJsonAsync($$"""{"id":"order-3","revision":"{{Canary}}","reward":0}""");

        Assert.That(status, Is.EqualTo(200));
        Assert.That(
            body.ToJsonString(),
            Is.EqualTo("""{"id":"order-1","model_name":"digits","correct":1,"incorrect":1,"duplicate":false}"""));
        Assert.That(
            again.ToJsonString(),
            Is.EqualTo("""{"id":"order-3","model_name":"digits","correct":2,"incorrect":1,"duplicate":true}"""));
        Dictionary<string, RevisionCounts> counts = await router.CountsAsync();
        Assert.That(
            (counts[Stable].Correct, counts[Stable].Incorrect, counts[Canary].Correct, counts[Canary].Incorrect),
            Is.EqualTo((1, 1, 3, 1)));
    }

    [Test]
    public async Task Numbers_are_judged_by_the_models_tolerance_as_it_is_now()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        router.Route(new FeedbackRule(PredictionKind.Number, new Tolerance(0, 10)), Weights);
        (_, JsonNode near) = await router.FeedbackJsonAsync($$"""{"id":"1","revision":"{{Stable}}","prediction":105,"truth":100}""");

        router.Route(new FeedbackRule(PredictionKind.Number, new Tolerance(1, 0)), Weights);
        (_, JsonNode far) = await router.FeedbackJsonAsync($$"""{"id":"2","revision":"{{Stable}}","prediction":105,"truth":100}""");

        Assert.That(((int)near["correct"]!, (int)far["correct"]!), Is.EqualTo((1, 0)));
    }

    [TestCase(
        """{"id":"a","revision":"cccccccccc","correct":true}""", 404,
        "field revision: model 'digits' has no revision 'cccccccccc', or none that takes part any more")]
    [TestCase("""{"revision":"aaaaaaaaaa","correct":true}""", 400, "id is missing: name the request that the feedback is about")]
    [TestCase(
        """{"id":"a","revision":"aaaaaaaaaa","truth":1}""", 400,
        "prediction is missing: with revision, the truth is held against it; without revision, against what was answered under the id")]
    [TestCase(
        """{"id":"a","revision":"aaaaaaaaaa","prediction":[1,2],"truth":1}""", 400,
        "truth has 1 values, but prediction has 2; they must be as many, and nested alike")]
    [TestCase(
        """{"id":"a","revision":"aaaaaaaaaa","prediction":1.5,"truth":1}""", 400,
        "prediction is 1.5, expected a label: a whole number or a string")]
    public async Task What_cannot_count_is_refused_with_what_would_be_right(string json, int status, string message)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        router.Route(Weights);

        (int answered, JsonNode body) = await router.FeedbackJsonAsync(json);

        Assert.That((answered, (string?)body["error"]), Is.EqualTo((status, message)));
        Assert.That(await router.CountsAsync(), Is.Empty);
    }

    [Test]
    public async Task Whichever_routers_it_comes_to_and_at_once_it_counts_once()
    {
        await using TestRouter a = await StartAsync("a", Patient), b = await StartAsync("b", Patient), c = await StartAsync("c", Patient);
        TestRouter[] routers = [a, b, c];
        Meet(("a", a), ("b", b), ("c", c));

        JsonNode[] answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
            (await routers[i % 3].FeedbackJsonAsync($$"""{"id":"id-{{i / 6}}","revision":"{{Stable}}","reward":0.5}""")).Body));

        Assert.That(answers.Count(answer => !(bool)answer["duplicate"]!), Is.EqualTo(50));
        Assert.That(
            answers.GroupBy(answer => (string)answer["id"]!).Select(g => g.Select(x => (int)x["correct"]!).Distinct().Count()),
            Has.All.EqualTo(1));
        Assert.That(await TotalAsync(routers), Is.EqualTo(50));
        Assert.That(
            (await Task.WhenAll(routers.Select(r => r.CountsAsync()))).Count(counts => counts.Count > 0), Is.EqualTo(3), "each keeps some");
    }

    [Test]
    public async Task A_router_that_joins_counts_nothing_again_that_the_others_have()
    {
        await using TestRouter a = await StartAsync("a"), b = await StartAsync("b");
        Meet(("a", a));
        await SendAllAsync(a);
        Meet(("a", a), ("b", b));

        (int counted, int duplicates) = await SendAllAsync(b);

        Assert.That((counted, duplicates), Is.EqualTo((0, 40)));
        Assert.That(await TotalAsync(a, b), Is.EqualTo(40));
    }

    [Test]
    public async Task When_the_router_that_keeps_an_id_cannot_be_reached_the_next_one_takes_over()
    {
        await using TestRouter a = await StartAsync("a");
        using var port = new RefusingPort();
        a.Host.Peers.Update([a.Peer("a"), new RouterPeer("b", port.Address)]);

        Assert.That(await SendAllAsync(a), Is.EqualTo((40, 0)));
        Assert.That(await SendAllAsync(a), Is.EqualTo((0, 40)));
    }

    [Test]
    public async Task When_the_router_that_keeps_an_id_falls_silent_the_client_is_to_come_again()
    {
        await using TestRouter a = await StartAsync("a");
        await using TestPod broken = await TestPod.StartAsync(Stable);
        a.Host.Peers.Update([new RouterPeer("b", broken.Address)]);

        (int status, JsonNode body) = await a.FeedbackJsonAsync($$"""{"id":"x","revision":"{{Stable}}","correct":true}""");

        Assert.That((status, (string?)body["error"]), Is.EqualTo((503, "router 'b', which keeps this id, did not answer")));
        Assert.That(await a.CountsAsync(), Is.Empty);
    }

    [TestCase("/v1/outcomes/0123", 400)]
    [TestCase("/v1/outcomes/0123456789abcdef0123456789abcdef", 404)]
    public async Task The_admin_port_says_what_is_known_of_a_key(string path, int status)
    {
        await using TestRouter a = await StartAsync("a");

        Assert.That((await a.AdminAsync(HttpMethod.Get, path, a.Host.Keys.TokenFor("a"))).Status, Is.EqualTo(status));
    }

    // Three hundred at once, on a machine that has other things to do.
    private static RouterOptions Patient(RouterOptions options) => options with { PeerTimeout = TimeSpan.FromSeconds(30) };

    private static async Task<TestRouter> StartAsync(string name, Func<RouterOptions, RouterOptions>? configure = null)
    {
        TestRouter router = await TestRouter.StartAsync(o => (configure?.Invoke(o) ?? o) with { PodName = name });
        router.Route(Weights);
        return router;
    }

    private static void Meet(params (string Name, TestRouter Router)[] routers)
    {
        foreach ((_, TestRouter router) in routers) router.Host.Peers.Update(routers.Select(r => r.Router.Peer(r.Name)));
    }

    private static async Task<(int Counted, int Duplicates)> SendAllAsync(TestRouter router)
    {
        int counted = 0, duplicates = 0;
        for (int i = 0; i < 40; i++)
        {
            (int status, JsonNode body) = await router.FeedbackJsonAsync($$"""{"id":"id-{{i}}","revision":"{{Stable}}","correct":true}""");
            Assert.That(status, Is.EqualTo(200));
            if ((bool)body["duplicate"]!)
            {
                duplicates++;
            }
            else
            {
                counted++;
            }
        }

        return (counted, duplicates);
    }

    private static async Task<long> TotalAsync(params TestRouter[] routers)
    {
        Dictionary<string, RevisionCounts>[] counts = await Task.WhenAll(routers.Select(r => r.CountsAsync()));
        return counts.Sum(c => c.Values.Sum(r => r.Correct + r.Incorrect));
    }
}
