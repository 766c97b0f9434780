using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Evidence;

namespace ModelOperator.Router.Tests.Serving;

[Parallelizable(ParallelScope.All)]
public sealed class ShutdownTests
{
    private const string Stable = "aaaaaaaaaa";

    private static readonly RouterOptions Quick = new()
    {
        Namespace = "default",
        TrafficPort = 0,
        AdminPort = 0,
        DrainTime = TimeSpan.FromMilliseconds(500),
        TerminationTime = TimeSpan.FromSeconds(20),
    };

    [Test]
    public async Task A_router_told_to_end_serves_on_finishes_what_is_under_way_and_waits_until_its_evidence_is_kept()
    {
        await using TestRouter router = await TestRouter.StartAsync(_ => Quick);
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        using (await router.InferAsync())
        {
        }

        EvidenceReport before = await router.TicksAsync();
        var release = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        pod.BeforeAnswer = _ =>
        {
            arrived.TrySetResult();
            return release.Task;
        };
        Task<HttpResponseMessage> slow = router.InferAsync();
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));
        pod.BeforeAnswer = null;

        router.Host.Peers.Update([new("other", "127.0.0.1:1")]);
        Task end = RouterShutdown.RunAsync(router.Host, Quick, TimeProvider.System, NullLogger.Instance);
        using (HttpResponseMessage ready = await router.Client.GetAsync(new Uri(router.Host.AdminAddress, "/readyz")))
        {
            Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        }

        using (HttpResponseMessage late = await router.InferAsync())
        {
            Assert.That(late.StatusCode, Is.EqualTo(HttpStatusCode.OK), "its Service may still lead here");
            Assert.That(late.Headers.ConnectionClose, Is.True, "the next request shall go elsewhere");
        }

        await Task.Delay(Quick.DrainTime * 2);
        Assert.That(end.IsCompleted, Is.False);
        release.SetResult();
        using (HttpResponseMessage answer = await slow)
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        List<EvidenceTick> ticks = [.. before.Ticks];
        long next = before.Next;
        while (!end.IsCompleted)
        {
            EvidenceReport report = await router.TicksAsync(next);
            ticks.AddRange(report.Ticks);
            next = report.Next;
            await Task.Delay(50);
        }

        await end;
        Assert.That(ticks.Sum(t => t.Revisions[Stable].Requests), Is.EqualTo(3));
        Assert.That(async () => await router.InferAsync(), Throws.TypeOf<HttpRequestException>(), "the port is closed");
    }

    [Test]
    public async Task Routers_that_are_all_told_to_end_serve_on_until_another_one_is_ready()
    {
        RouterOptions options = Quick with { DrainTime = TimeSpan.FromMilliseconds(300) };
        await using TestRouter router = await TestRouter.StartAsync(_ => options);
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());

        Task end = RouterShutdown.RunAsync(router.Host, options, TimeProvider.System, NullLogger.Instance);
        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage answer = await router.InferAsync();
            using HttpResponseMessage ready = await router.Client.GetAsync(new Uri(router.Host.AdminAddress, "/readyz"));
            Assert.That((answer.StatusCode, ready.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
            Assert.That(answer.Headers.ConnectionClose, Is.Not.True, "there is nowhere else to go");
            await Task.Delay(100);
        }

        Assert.That(end.IsCompleted, Is.False);
        router.Host.Peers.Update([new("other", "127.0.0.1:1")]);
        using (HttpResponseMessage last = await router.InferAsync())
        {
            Assert.That(last.Headers.ConnectionClose, Is.True);
        }

        await end.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task A_last_router_that_gets_no_requests_does_not_serve_on()
    {
        RouterOptions options = Quick with { TerminationTime = TimeSpan.FromMinutes(10) };
        await using TestRouter router = await TestRouter.StartAsync(_ => options);

        await RouterShutdown.RunAsync(router.Host, options, TimeProvider.System, NullLogger.Instance).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Test]
    public async Task A_last_router_ends_in_time_whatever_comes()
    {
        RouterOptions options = Quick with { TerminationTime = TimeSpan.FromSeconds(3) };
        await using TestRouter router = await TestRouter.StartAsync(_ => options);
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());

        Task end = RouterShutdown.RunAsync(router.Host, options, TimeProvider.System, NullLogger.Instance);
        int lost = 0;
        while (lost == 0 && !end.IsCompleted)
        {
            try
            {
                using HttpResponseMessage answer = await router.InferAsync();
                await Task.Delay(50);
            }
            catch (HttpRequestException)
            {
                lost++;
            }
        }

        await end.WaitAsync(TimeSpan.FromSeconds(3));
    }

    [Test]
    public async Task A_router_nobody_reads_evidence_from_does_not_linger()
    {
        await using TestRouter router = await TestRouter.StartAsync(_ => Quick);
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        using (await router.InferAsync())
        {
        }

        await RouterShutdown.RunAsync(router.Host, Quick, TimeProvider.System, NullLogger.Instance).WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task Lingering_ends_at_the_end_of_the_termination_time()
    {
        RouterOptions options = Quick with { TerminationTime = TimeSpan.FromSeconds(1) };
        await using TestRouter router = await TestRouter.StartAsync(_ => options);
        await using TestPod pod = await TestPod.StartAsync(Stable);
        router.Route([new(Stable, 100)], pod.State());
        await router.TicksAsync();
        using (await router.InferAsync())
        {
        }

        await router.TicksAsync();
        await RouterShutdown.RunAsync(router.Host, options, TimeProvider.System, NullLogger.Instance).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That((await router.CountsAsync())[Stable].Requests, Is.EqualTo(1), "still served until the process ends");
    }
}
