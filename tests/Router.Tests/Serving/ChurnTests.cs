using System.Collections.Concurrent;
using System.Net;
using ModelOperator.Evidence;
using ModelOperator.Router.Routing;

namespace ModelOperator.Router.Tests.Serving;

/// <summary>Load goes on while pods come and go, a canary is promoted and another rolled back.</summary>
public sealed class ChurnTests
{
    private const int Clients = 24;

    [Test]
    public async Task No_request_fails_while_pods_are_scaled_replaced_promoted_and_rolled_back_and_every_one_is_counted()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using var pods = new Pods(router);
        await pods.AddAsync("aaaaaaaaaa", 2);
        pods.Route(("aaaaaaaaaa", 100));
        using var stop = new CancellationTokenSource();
        var answered = new ConcurrentBag<(HttpStatusCode Status, string Revision)>();
        Task[] clients = [.. Enumerable.Range(0, Clients).Select(_ => LoadAsync(router, answered, stop.Token))];

        string stable = "aaaaaaaaaa";
        foreach ((string canary, bool promoted) in new[] { ("bbbbbbbbbb", true), ("cccccccccc", false), ("dddddddddd", true) })
        {
            await pods.AddAsync(canary, 2);
            foreach (int weight in new[] { 5, 50, promoted ? 100 : 0 })
            {
                pods.Route((stable, 100 - weight), (canary, weight));
                await Task.Delay(150);
                await pods.AddAsync(stable, 1);
                await pods.RemoveAsync(stable, 1);
            }

            string old = promoted ? stable : canary;
            stable = promoted ? canary : stable;
            pods.Route((stable, 100));
            await pods.RemoveAsync(old, int.MaxValue);
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Dictionary<string, RevisionCounts> counts = await router.CountsAsync();
        Assert.Multiple(() =>
        {
            Assert.That(answered.Where(a => a.Status != HttpStatusCode.OK), Is.Empty);
            Assert.That(answered, Has.Count.GreaterThan(500));
            // A request that another revision had to answer than the one drawn counts nowhere; there are few.
            Assert.That(
                answered.CountBy(a => a.Revision).Select(c => c.Value - counts[c.Key].Requests),
                Has.All.InRange(0, answered.Count / 50));
            Assert.That(counts.Keys, Is.EquivalentTo(new[] { "aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc", "dddddddddd" }));
            Assert.That(counts.Values.Sum(c => c.Errors + c.Rejections), Is.Zero);
        });
    }

    private static async Task LoadAsync(TestRouter router, ConcurrentBag<(HttpStatusCode, string)> answered, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using HttpResponseMessage answer = await router.InferAsync();
            string revision = answer.Headers.TryGetValues("x-model-revision", out IEnumerable<string>? values) ? values.Single() : "";
            answered.Add((answer.StatusCode, revision));
        }
    }

    /// <summary>Pods as a cluster has them: a router hears of each change a little after it happened.</summary>
    private sealed class Pods(TestRouter router) : IAsyncDisposable
    {
        private readonly List<TestPod> _ready = [];
        private readonly List<TestPod> _ended = [];
        private RevisionWeight[] _weights = [];

        public void Route(params (string Revision, int Weight)[] weights)
        {
            _weights = [.. weights.Select(w => new RevisionWeight(w.Revision, w.Weight))];
            Publish();
        }

        public async Task AddAsync(string revision, int count)
        {
            for (int i = 0; i < count; i++)
            {
                _ready.Add(await TestPod.StartAsync(revision));
            }

            Publish();
        }

        /// <summary>Ends pods: they turn requests away before the router knows, and stop listening once it does.</summary>
        public async Task RemoveAsync(string revision, int count)
        {
            TestPod[] going = [.. _ready.Where(p => p.Revision == revision).Take(count)];
            foreach (TestPod pod in going)
            {
                pod.Draining = true;
            }

            await Task.Delay(50);
            _ready.RemoveAll(going.Contains);
            _ended.AddRange(going);
            Publish();
            await Task.Delay(100);
            await Task.WhenAll(going.Select(p => p.StopAsync()));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (TestPod pod in _ready.Concat(_ended))
            {
                await pod.DisposeAsync();
            }
        }

        private void Publish() => router.Route(_weights, [.. _ready.Select(p => p.State()), .. _ended.Select(p => p.State(ready: false))]);
    }
}
