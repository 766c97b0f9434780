using ModelOperator.Api;
using ModelOperator.Controller.Sources;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Rollouts;
using ModelOperator.Testing;
using NSubstitute;

namespace ModelOperator.Controller.Tests.Sources;

/// <summary>What a real Prometheus answers to what guardrails ask.</summary>
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
public sealed class RealPrometheusTests
{
    private static readonly SourceOptions Options = new() { Networks = SourceAddress.Parse("private,loopback", out _)! };

    private RealPrometheus? _prometheus;

    [OneTimeSetUp]
    public async Task Start()
    {
        _prometheus = await RealPrometheus.StartAsync();
        foreach (string revision in new[] { "aaaa", "bbbb" })
        {
            foreach (string pod in new[] { "p1", "p2" })
            {
                _prometheus.Set($$"""orders_total{model="digits",revision="{{revision}}",pod="{{pod}}"}""", "1000");
            }
        }

        _prometheus.Set("""returns_total{model="digits",revision="bbbb"}""", "41.5");
        _prometheus.Set("nothing", "NaN");
        _prometheus.Set("endless", "+Inf");
        _prometheus.Set("""basket_value{revision="aaaa"}""", "12.25");
        _prometheus.Set("""basket_value{revision="bbbb"}""", "11.5");
        await Eventually.TrueAsync(
            async () => (await ReadAsync(new PrometheusMetric { MeanQuery = "sum(orders_total) + sum(basket_value)" })).Problem is null,
            "the first scrape");
    }

    [OneTimeTearDown]
    public async Task Stop() => await _prometheus!.DisposeAsync();

    [Test]
    public async Task Counters_of_both_revisions_are_read()
    {
        MetricAnswer answer = await ReadAsync(new PrometheusMetric
        {
            BadQuery = """sum(returns_total{model="{{name}}",revision="{{revision}}"}) or vector(0)""",
            TotalQuery = """sum(orders_total{model="{{name}}",revision="{{revision}}"})""",
        });

        Assert.That(answer.Problem, Is.Null);
        Assert.That(answer.CanaryCounters, Is.EqualTo(new CounterReading(41.5, 2000)));
        Assert.That(answer.StableCounters, Is.EqualTo(new CounterReading(0, 2000)));
    }

    [Test]
    public async Task Means_of_both_revisions_are_read()
    {
        MetricAnswer answer = await ReadAsync(
            new PrometheusMetric { MeanQuery = """sum(avg_over_time(basket_value{revision="{{revision}}"}[{{intervalSeconds}}s]))""" });

        Assert.That((answer.Problem, answer.CanaryMean, answer.StableMean), Is.EqualTo(((string?)null, (double?)11.5, (double?)12.25)));
    }

    [TestCase(
        """sum(orders_total{revision="{{revision}}"})""", """sum(retuns_total{revision="{{revision}}"})""",
        "badQuery of revision bbbb: no series matches the query")]
    [TestCase("""orders_total{revision="{{revision}}"}""", "vector(0)", "totalQuery of revision bbbb: 2 series match")]
    [TestCase("""sum(orders_total{revision="{{revision}}"}""", "vector(0)", "it refuses the query (bad_data)")]
    [TestCase("""orders_total{revision="{{revision}}"}[10s]""", "vector(0)", "matrix")]
    [TestCase("\"{{revision}}\"", "vector(0)", "gives a string")]
    [TestCase("sum(orders_total)", "sum(nothing)", "NaN")]
    [TestCase("sum(endless)", "vector(0)", "+Inf")]
    [TestCase("sum(orders_total) / vector(0)", "vector(0)", "+Inf")]
    public async Task What_is_no_number_is_no_data(string total, string bad, string why)
    {
        MetricAnswer? answer = null;
        // A busy Prometheus may miss a scrape, and then has no series until the next.
        await Eventually.TrueAsync(
            async () => (answer = await ReadAsync(new PrometheusMetric { BadQuery = bad, TotalQuery = total }))
                .Problem?.Contains(why, StringComparison.Ordinal) == true,
            why);

        Assert.That(answer!.Problem, Does.Contain(why));
        Assert.That((answer.CanaryCounters, answer.StableCounters), Is.EqualTo(((CounterReading?)null, (CounterReading?)null)));
    }

    [Test]
    public async Task A_query_that_takes_too_long_is_given_up()
    {
        string heavy = string.Concat(Enumerable.Repeat("sum(rate(orders_total[1h:1ms]))+", 20)) + "1";
        MetricAnswer answer = await ReadAsync(new PrometheusMetric { MeanQuery = heavy, TimeoutSeconds = 1 });

        Assert.That(answer.Problem, Does.Contain("no answer within 1 seconds").Or.Contain("timed out").Or.Contain("timeout"));
    }

    private async Task<MetricAnswer> ReadAsync(PrometheusMetric metric)
    {
        metric.Address = _prometheus!.Address;
        using var http = new SourceHttp(Options, TimeProvider.System);
        return await new PrometheusReader(new PrometheusClient(http), new SourceSecrets(Substitute.For<IKubernetesClient>())).ReadAsync(
            new MetricQuestion(metric, "vision", "digits", "bbbb", "aaaa", TimeSpan.FromSeconds(10)),
            TimeProvider.System.GetUtcNow(),
            CancellationToken.None);
    }
}
