using System.Globalization;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Tests.Sources;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>Business numbers from a real Prometheus, in rollouts on a real API server.</summary>
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
public sealed class ShopTests
{
    private const int OrdersPerSecond = 100;

    [Test]
    public async Task More_returned_orders_roll_a_canary_back()
    {
        await using RealPrometheus prometheus = await RealPrometheus.StartAsync();
        await using Scene scene = await Scene.StartAsync();
        (string stable, string canary) = await BeginAsync(scene, new JsonObject
        {
            ["name"] = "returns",
            ["type"] = "Prometheus",
            ["marginPercent"] = 5,
            ["prometheus"] = new JsonObject
            {
                ["address"] = prometheus.Address,
                ["badQuery"] = """sum(returns_total{namespace="{{namespace}}",model="{{name}}",revision="{{revision}}"}) or vector(0)""",
                ["totalQuery"] = """sum(orders_total{namespace="{{namespace}}",model="{{name}}",revision="{{revision}}"})""",
            },
        });
        await using var shop = new Shop(
            prometheus, scene.Namespace, returned: revision => revision == canary ? 0.3 : 0.05, value: _ => 10, stable, canary);

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);

        Assert.That(
            (status.StableRevision, status.Rejected!.Single().Revision, status.Rejected![0].Reason),
            Is.EqualTo((stable, canary, "MetricHarmful")));
        Assert.That(status.Rejected![0].Message, Does.StartWith("returns: "));
    }

    [Test]
    public async Task Less_revenue_for_each_order_rolls_a_canary_back()
    {
        await using RealPrometheus prometheus = await RealPrometheus.StartAsync();
        await using Scene scene = await Scene.StartAsync();
        (string stable, string canary) = await BeginAsync(scene, Revenue(prometheus));
        await using var shop = new Shop(
            prometheus, scene.Namespace, returned: _ => 0.05, value: revision => revision == canary ? 3 : 17, stable, canary);

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);

        Assert.That((status.StableRevision, status.Rejected!.Single().Reason), Is.EqualTo((stable, "MetricHarmful")));
    }

    [Test]
    public async Task A_Prometheus_that_is_gone_decides_nothing_whatever_it_said_before()
    {
        await using RealPrometheus prometheus = await RealPrometheus.StartAsync();
        await using Scene scene = await Scene.StartAsync();
        (string stable, string canary) = await BeginAsync(scene, Revenue(prometheus));
        await using var shop = new Shop(prometheus, scene.Namespace, returned: _ => 0.05, value: _ => 10, stable, canary);
        await scene.WaitAsync(status => status.Analysis?.Find(g => g.Name == "revenue")?.Canary?.Total > 0, "the first mean");

        await prometheus.KillAsync();
        ModelDeploymentStatus status = await scene.WaitAsync(
            status => status.Conditions!.Single(condition => condition.Type == "Progressing").Reason == "MetricsUnavailable",
            "MetricsUnavailable");

        Assert.That((status.StableRevision, status.CanaryRevision), Is.EqualTo((stable, canary)));
        Assert.That(status.Analysis!.Single(g => g.Name == "revenue").Message, Does.Contain("refused"));
    }

    private static JsonObject Revenue(RealPrometheus prometheus) => new()
    {
        ["name"] = "revenue",
        ["type"] = "Prometheus",
        ["marginPercent"] = 2,
        ["prometheus"] = new JsonObject
        {
            ["address"] = prometheus.Address,
            ["meanQuery"] = """
                sum(rate(revenue_total{namespace="{{namespace}}",model="{{name}}",revision="{{revision}}"}[2s]))
                / sum(rate(orders_total{namespace="{{namespace}}",model="{{name}}",revision="{{revision}}"}[2s]))
                """,
            ["meanMinimum"] = "0",
            ["meanMaximum"] = "20",
            ["direction"] = "HigherIsBetter",
        },
    };

    private static async Task<(string Stable, string Canary)> BeginAsync(Scene scene, JsonObject guardrail)
    {
        await scene.ApplyAsync("v1");
        await scene.WaitForPhaseAsync(RolloutPhase.Stable);
        await scene.ApplyAsync("v2", spec =>
        {
            spec["rollout"]!["steps"] = new JsonArray(new JsonObject { ["weight"] = 20, ["durationSeconds"] = 3600 });
            spec["rollout"]!["analysis"]!["guardrails"] = new JsonArray(guardrail);
        });
        ModelDeploymentStatus status = await scene.WaitAsync(status => status.CanaryWeight == 20, "20 percent confirmed");
        return (status.StableRevision!, status.CanaryRevision!);
    }

    /// <summary>Takes orders with the answers of both revisions, and exposes what came of them.</summary>
    private sealed class Shop : IAsyncDisposable
    {
        private readonly CancellationTokenSource _closed = new();
        private readonly Task _selling;

        public Shop(
            RealPrometheus prometheus,
            string @namespace,
            Func<string, double> returned,
            Func<string, double> value,
            params string[] revisions) =>
            _selling = Task.Run(async () =>
            {
                for (double orders = 0; ; orders += OrdersPerSecond / 10.0)
                {
                    foreach (string revision in revisions)
                    {
                        Expose("orders_total", revision, orders);
                        Expose("returns_total", revision, orders * returned(revision));
                        Expose("revenue_total", revision, orders * value(revision));
                    }

                    await Task.Delay(100, _closed.Token);
                }

                void Expose(string metric, string revision, double number) => prometheus.Set(
                    $$"""{{metric}}{namespace="{{@namespace}}",model="digits",revision="{{revision}}"}""",
                    number.ToString(CultureInfo.InvariantCulture));
            });

        public async ValueTask DisposeAsync()
        {
            await _closed.CancelAsync();
            await _selling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _closed.Dispose();
        }
    }
}
