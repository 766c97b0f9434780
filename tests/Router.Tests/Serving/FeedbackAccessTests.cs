using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>Feedback that names a revision counts for those only who may create modeldeployments/feedback.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class FeedbackAccessTests
{
    private const string Stable = "aaaaaaaaaa";
    private const string Wrong = $$"""{"id":"forged","revision":"{{Stable}}","correct":false}""";

    [TestCase(null, 401, "needs the header Authorization: Bearer TOKEN")]
    [TestCase("", 401, "needs the header Authorization: Bearer TOKEN")]
    [TestCase("unknown", 401, "a token for the audience modeloperator.io")]
    [TestCase(PlayedReviews.Misdirected, 401, "a token for the audience modeloperator.io")]
    [TestCase(PlayedReviews.Powerless, 403, "'powerless' may not create modeldeployments/feedback of 'digits' in namespace 'default'")]
    public async Task Of_nobody_else_is_anything_counted(string? token, int status, string message)
    {
        await using TestRouter router = await StartAsync();

        for (int i = 0; i < 3; i++)
        {
            (int answered, JsonNode body) = await router.FeedbackJsonAsync(Wrong, token);
            Assert.That(answered, Is.EqualTo(status));
            Assert.That((string?)body["error"], Does.Contain(message));
        }

        Assert.That(await router.CountsAsync(), Is.Empty);
    }

    [Test]
    public async Task The_API_server_is_asked_who_it_is_and_what_it_may_do_and_once_a_minute()
    {
        await using TestRouter router = await StartAsync();

        for (int i = 0; i < 20; i++)
        {
            Assert.That((await router.FeedbackJsonAsync(Wrong, PlayedReviews.Good)).Status, Is.EqualTo(200));
        }

        KubernetesObject[] asked = [.. router.Access.Asked];
        Assert.That(asked, Has.Length.EqualTo(2));
        Assert.That(((TokenReview)asked[0]).Spec.Audiences, Is.EqualTo(new[] { "modeloperator.io" }));
        SubjectAccessReviewSpec access = ((SubjectAccessReview)asked[1]).Spec;
        ResourceAttributes what = access.ResourceAttributes!;
        Assert.That((access.User, access.Groups), Is.EqualTo((PlayedReviews.Good, (List<string>)["everybody"])));
        Assert.That(
            (what.Verb, what.Group, what.Resource, what.Subresource, what.Namespace, what.Name),
            Is.EqualTo(("create", "modeloperator.io", "modeldeployments", "feedback", "default", "digits")));
    }

    [Test]
    public async Task An_API_server_that_fails_or_hangs_lets_nothing_count_and_holds_nobody_up_for_long()
    {
        await using TestRouter router = await StartAsync();
        router.Access.Fails = true;
        (int failed, JsonNode said) = await router.FeedbackJsonAsync(Wrong, PlayedReviews.Good);
        (router.Access.Fails, router.Access.Hangs) = (false, true);
        Task<(int Status, JsonNode Body)>[] hanging =
            [.. Enumerable.Range(0, 20).Select(i => router.FeedbackJsonAsync(Wrong, $"token-{i}"))];

        Assert.That((failed, (string?)said["error"]), Is.EqualTo(
            (503, "whether the sender may give this feedback is not known: the API server did not say; the router's log has the reason")));
        Assert.That(
            (await Task.WhenAll(hanging).WaitAsync(TimeSpan.FromSeconds(30))).Select(answer => answer.Status),
            Has.All.EqualTo(503));
        Assert.That(await router.CountsAsync(), Is.Empty);
    }

    private static async Task<TestRouter> StartAsync()
    {
        TestRouter router = await TestRouter.StartAsync();
        router.Route([new RevisionWeight(Stable, 100)]);
        return router;
    }
}
