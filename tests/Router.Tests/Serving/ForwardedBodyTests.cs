using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>Bodies of requests on their way through the router.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ForwardedBodyTests
{
    private const string Stable = "aaaaaaaaaa";

    [TestCase(100)]
    [TestCase(70_000)]
    [TestCase(1 << 20)]
    [TestCase((1 << 20) + 1)]
    [TestCase(5_000_000)]
    public async Task Bodies_of_any_size_arrive_whole_also_after_a_first_try_elsewhere(int size)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        using var port = new RefusingPort();
        var refused = new PodState("refused", "uid-refused", "digits", Stable, port.Address, Ready: true, Warm: true);
        router.Route([new(Stable, 100)], pod.State(), refused);
        const string Frame = """{"id":"","x":""}""";

        for (int i = 0; i < 8; i++)
        {
            string id = $"{i}";
            using HttpResponseMessage answer = await router.InferAsync(
                $$"""{"id":"{{id}}","x":"{{new string('x', size - Frame.Length - id.Length)}}"}""");
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((int?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["bytes"], Is.EqualTo(size));
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_body_over_the_models_limit_is_refused_and_the_setting_is_named(bool hasLength)
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Host.State.Update([new ModelTable("digits", 1, [new(Stable, 100)], default, MaxRequestMebibytes: 2)], [pod.State()]);
        // One with a length is read to its end all the same, however long: the client is still sending when it is refused.
        using var content = new StringContent(new string('x', (2 << 20) * (hasLength ? 16 : 1) + 1));
        using var request =
            new HttpRequestMessage(HttpMethod.Post, new Uri(router.Host.TrafficAddress, "/v2/models/digits/infer")) { Content = content };
        request.Headers.TransferEncodingChunked = !hasLength;

        using HttpResponseMessage answer = await router.Client.SendAsync(request);

        Assert.That((int)answer.StatusCode, Is.EqualTo(413));
        Assert.That(
            (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"],
            Is.EqualTo("the body is larger than 2 MiB, the limit: spec.runtime.maxRequestMebibytes of ModelDeployment 'digits'"));
        Assert.That(pod.Served, Is.Zero);
    }

    [Test]
    public async Task A_body_within_the_models_limit_arrives_however_large_the_limit_is()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Host.State.Update([new ModelTable("digits", 1, [new(Stable, 100)], default, MaxRequestMebibytes: 100)], [pod.State()]);

        using HttpResponseMessage answer = await router.InferAsync(new string(' ', 99 << 20));

        Assert.That((int)answer.StatusCode, Is.EqualTo(200));
        Assert.That((int?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["bytes"], Is.EqualTo(99 << 20));
    }
}
