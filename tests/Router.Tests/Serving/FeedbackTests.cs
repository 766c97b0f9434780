using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ModelOperator.Evidence;
using ModelOperator.Router.Forwarding;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>Truth finds the pod that made the prediction, from any router, and is counted once.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class FeedbackTests
{
    private const string Stable = "aaaaaaaaaa", Canary = "bbbbbbbbbb";
    private static readonly FeedbackRule ClientIds = new(default, default, TakesClientIds: true);

    [Test]
    public async Task Truth_is_counted_once_for_the_revision_that_answered_also_through_another_router()
    {
        await using TestRouter router = await TestRouter.StartAsync(), other = await TestRouter.StartAsync();
        await using TestPod stable = await TestPod.StartAsync(Stable),
            canary = await TestPod.StartAsync(Canary),
            second = await TestPod.StartAsync(Canary);
        foreach (TestRouter r in new[] { router, other })
        {
            r.Route([new(Stable, 50), new(Canary, 50)], stable.State(), canary.State(), second.State());
        }

        List<(string Id, string Revision)> answered = [];
        for (int i = 0; i < 100; i++)
        {
            using HttpResponseMessage answer = await router.InferAsync();
            answered.Add((answer.Headers.GetValues("x-prediction-id").Single(), answer.Headers.GetValues("x-model-revision").Single()));
        }

        foreach ((string id, string revision) in answered)
        {
            (int status, JsonNode body) = await other.FeedbackAsync(id, revision == Stable ? "right" : "wrong");
            Assert.That((status, (bool)body["duplicate"]!), Is.EqualTo((200, false)));
            (status, body) = await router.FeedbackAsync(id, "right");
            Assert.That((status, (bool)body["duplicate"]!), Is.EqualTo((200, true)));
        }

        Dictionary<string, RevisionCounts> there = await other.CountsAsync(), here = await router.CountsAsync();
        Assert.Multiple(() =>
        {
            Assert.That((there[Stable].Correct, there[Stable].Incorrect), Is.EqualTo((50, 0)));
            Assert.That((there[Canary].Correct, there[Canary].Incorrect), Is.EqualTo((0, 50)));
            Assert.That(here.Values.Sum(c => c.Correct + c.Incorrect), Is.Zero);
            Assert.That(there.Values.Sum(c => c.Requests), Is.Zero, "feedback is no request to the model");
        });
    }

    [Test]
    public async Task An_id_of_the_clients_own_is_found_by_the_router_that_knows_it_and_by_one_that_does_not()
    {
        await using TestRouter router = await TestRouter.StartAsync(), other = await TestRouter.StartAsync();
        await using TestPod stable = await TestPod.StartAsync(Stable), canary = await TestPod.StartAsync(Canary);
        foreach (TestRouter r in new[] { router, other })
        {
            r.Route(ClientIds, [new(Stable, 50), new(Canary, 50)], stable.State(), canary.State());
        }

        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage answer = await router.InferAsync($$"""{"id":"mine-{{i}}"}""");
            (int status, _) = await (i % 2 == 0 ? router : other).FeedbackAsync($"mine-{i}");
            Assert.That(status, Is.EqualTo(200));
        }

        long counted = (await router.CountsAsync()).Values.Sum(c => c.Correct) + (await other.CountsAsync()).Values.Sum(c => c.Correct);
        Assert.That(counted, Is.EqualTo(20));
    }

    [Test]
    public async Task An_id_of_the_clients_own_is_good_for_nothing_unless_the_model_asks_for_it()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        using HttpResponseMessage answer = await router.InferAsync("""{"id":"mine"}""", ("x-request-id", "mine"));

        (int status, JsonNode body) = await router.FeedbackAsync("mine");

        Assert.That(
            (status, (string?)body["error"]),
            Is.EqualTo((404, "field id: 'mine' is not the x-prediction-id of an answer of model 'digits'; "
                + "ids that clients make are taken where spec.feedback.clientIds is Accept")));
        Assert.That((await router.FeedbackAsync(answer.Headers.GetValues("x-prediction-id").Single())).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Ids_that_no_router_made_count_nothing_and_reach_no_pod()
    {
        await using TestRouter router = await TestRouter.StartAsync(),
            stranger = await TestRouter.StartAsync(o => o with { KeysFile = null });
        await using TestPod pod = await TestPod.StartAsync(Stable);
        foreach (TestRouter r in new[] { router, stranger })
        {
            r.Route([new(Stable, 100)], pod.State());
        }

        using HttpResponseMessage answer = await stranger.InferAsync();
        string forged = answer.Headers.GetValues("x-prediction-id").Single();

        Assert.That((await router.FeedbackAsync(forged)).Status, Is.EqualTo(404));
        Assert.That(await router.CountsAsync(), Is.Empty);
        Assert.That((bool)(await stranger.FeedbackAsync(forged)).Body["duplicate"]!, Is.False, "the pod was not asked");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Under_one_id_there_is_one_prediction_however_often_a_client_sends_it(bool takesClientIds)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route(takesClientIds ? ClientIds : default, [new(Stable, 100)], pod.State());
        using HttpResponseMessage first = await router.InferAsync();
        string id = first.Headers.GetValues("x-prediction-id").Single();

        using HttpResponseMessage second = await router.InferAsync($$"""{"id":"{{id}}"}""", ("x-request-id", id));

        Assert.That(second.Headers.GetValues("x-prediction-id").Single(), Is.Not.EqualTo(id));
    }

    [Test]
    public async Task Truth_of_an_answer_whose_revision_the_client_chose_is_no_evidence()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Canary);
        router.Route(ClientIds, [new(Canary, 100)], pod.State());
        using HttpResponseMessage answer = await router.InferAsync("""{"id":"mine"}""", ("x-model-revision", Canary));

        (int status, JsonNode body) = await router.FeedbackAsync(answer.Headers.GetValues("x-prediction-id").Single(), "wrong");

        Assert.That((status, (int)body["incorrect"]!), Is.EqualTo((200, 1)));
        Assert.That((await router.FeedbackAsync("mine", "wrong")).Status, Is.EqualTo(404), "nor is there an id of the client's own for it");
        Assert.That(await router.CountsAsync(), Is.Empty);
    }

    [Test]
    public async Task A_pod_that_is_draining_can_still_be_asked_and_one_that_is_gone_is_named()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        using HttpResponseMessage answer = await router.InferAsync();
        string id = answer.Headers.GetValues("x-prediction-id").Single();

        router.Route([new(Stable, 100)], pod.State(ready: false));
        Assert.That((await router.FeedbackAsync(id)).Status, Is.EqualTo(200));

        router.Route([new(Stable, 100)]);
        (int status, JsonNode body) = await router.FeedbackAsync(id);
        Assert.That(status, Is.EqualTo(404));
        Assert.That((string?)body["error"], Does.Contain(pod.Name).And.Contain("gone"));
    }

    [Test]
    public async Task An_unknown_id_is_a_404_and_changes_nothing()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod stable = await TestPod.StartAsync(Stable), canary = await TestPod.StartAsync(Canary);
        router.Route(ClientIds, [new(Stable, 100)], stable.State(), canary.State());

        (int status, JsonNode body) = await router.FeedbackAsync("nobody");

        Assert.That((status, (string?)body["error"]), Is.EqualTo((404, "no pod of model 'digits' knows a request 'nobody'")));
        Assert.That(await router.CountsAsync(), Is.Empty);
    }

    [Test]
    public async Task An_unknown_id_is_no_404_when_a_pod_that_may_know_it_is_silent()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        using var port = new RefusingPort();
        var silent = new PodState("silent", "uid-silent", "digits", Canary, port.Address, Ready: true, Warm: true);
        router.Route(ClientIds, [new(Stable, 100)], pod.State(), silent);

        Assert.That((await router.FeedbackAsync("nobody")).Status, Is.EqualTo(503));
    }

    [TestCase("", "the body is empty")]
    [TestCase("{}", "id is missing")]
    [TestCase("not json", "the body is not valid JSON")]
    [TestCase("""{"id":7,"truth":1}""", "id must be a string, not 7")]
    [TestCase("""{"id":"","truth":1}""", "id is missing")]
    [TestCase("""{"id":"a"}""", "truth is missing")]
    public async Task What_is_no_feedback_is_refused_by_name_of_the_field(string body, string message)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        router.Route([new(Stable, 100)]);

        using HttpResponseMessage answer = await router.Client.PostAsync(
            new Uri(router.Host.TrafficAddress, "/v2/models/digits/feedback"), new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(message));
    }

    [Test]
    public async Task What_a_pod_refuses_is_passed_on_and_not_counted()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        pod.Draining = true;
        router.Route([new(Stable, 100)], pod.State());

        (int status, JsonNode body) = await router.FeedbackAsync(
            new PredictionIds(router.Host.Keys).Make("digits", new PodEndpoint(pod.Name, "uid", Stable, pod.Address), isDrawn: true));

        Assert.That((status, (string?)body["error"]), Is.EqualTo((503, "the server is stopping")));
        Assert.That(await router.CountsAsync(), Is.Empty);
    }
}
