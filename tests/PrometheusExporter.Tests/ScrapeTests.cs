using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ModelOperator.PrometheusExporter.Tests;

public sealed class ScrapeTests
{
    [Test]
    public async Task Every_instrument_is_written_as_prometheus_reads_it()
    {
        using var meter = new Meter($"golden-{Guid.NewGuid():N}");
        await using var app = await StartAsync(meter.Name);
        var requests = meter.CreateCounter<long>("model.requests", "{request}", "Requests, by \"code\".\nSecond line \\ end.");
        requests.Add(2, new("code", 200), new("path", "a\"b\\c\nd"));
        requests.Add(1, new KeyValuePair<string, object?>("code", 503));
        meter.CreateCounter<double>("cpu.time", "s").Add(1.5);
        meter.CreateUpDownCounter<int>("queue.depth").Add(-3);
        meter.CreateObservableGauge("memory", () => 1024L, "By", "Memory in use.");
        meter.CreateObservableGauge("share", () => 0.25, "1");
        var latency = meter.CreateHistogram("latency", "s", "Time taken.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1] });
        latency.Record(0.1);
        latency.Record(0.2);
        latency.Record(7);

        var text = await app.GetTestClient().GetStringAsync("/metrics");

        Assert.That(text.Replace(meter.Name, "golden", StringComparison.Ordinal), Is.EqualTo(
            """
            # HELP model_requests_total Requests, by "code".\nSecond line \\ end.
            # TYPE model_requests_total counter
            model_requests_total{code="200",otel_scope_name="golden",path="a\"b\\c\nd"} 2
            model_requests_total{code="503",otel_scope_name="golden"} 1
            # TYPE cpu_time_seconds_total counter
            cpu_time_seconds_total{otel_scope_name="golden"} 1.5
            # TYPE queue_depth gauge
            queue_depth{otel_scope_name="golden"} -3
            # HELP memory_bytes Memory in use.
            # TYPE memory_bytes gauge
            memory_bytes{otel_scope_name="golden"} 1024
            # TYPE share_ratio gauge
            share_ratio{otel_scope_name="golden"} 0.25
            # HELP latency_seconds Time taken.
            # TYPE latency_seconds histogram
            latency_seconds_bucket{otel_scope_name="golden",le="0.1"} 1
            latency_seconds_bucket{otel_scope_name="golden",le="0.5"} 2
            latency_seconds_bucket{otel_scope_name="golden",le="1"} 2
            latency_seconds_bucket{otel_scope_name="golden",le="+Inf"} 3
            latency_seconds_sum{otel_scope_name="golden"} 7.3
            latency_seconds_count{otel_scope_name="golden"} 3

            """));
    }

    [Test]
    public async Task Values_stay_cumulative_over_scrapes_and_the_content_type_names_the_format()
    {
        using var meter = new Meter($"cumulative-{Guid.NewGuid():N}");
        await using var app = await StartAsync(meter.Name);
        var counter = meter.CreateCounter<long>("hits");
        using var client = app.GetTestClient();
        counter.Add(1);
        await client.GetStringAsync("/metrics");
        counter.Add(2);

        using var response = await client.GetAsync("/metrics");

        Assert.That(response.Content.Headers.ContentType?.ToString(), Is.EqualTo("text/plain; version=0.0.4; charset=utf-8"));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("} 3\n"));
    }

    [Test]
    public async Task Scrapes_at_the_same_time_each_get_a_whole_answer()
    {
        using var meter = new Meter($"parallel-{Guid.NewGuid():N}");
        await using var app = await StartAsync(meter.Name);
        meter.CreateCounter<long>("hits").Add(5);
        using var client = app.GetTestClient();

        var texts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetStringAsync("/metrics")));

        Assert.That(texts, Is.All.EqualTo(texts[0]).And.All.Contains("hits_total"));
    }

    [Test]
    public async Task One_name_from_two_meters_is_one_family_and_a_second_type_is_left_out()
    {
        using var first = new Meter($"first-{Guid.NewGuid():N}");
        using var second = new Meter($"second-{Guid.NewGuid():N}");
        await using var app = await StartAsync(first.Name, second.Name);
        first.CreateUpDownCounter<long>("depth").Add(1);
        second.CreateUpDownCounter<long>("depth").Add(2);
        second.CreateHistogram<double>("depth").Record(3);

        var text = await app.GetTestClient().GetStringAsync("/metrics");

        Assert.That(text.Split('\n').Count(l => l == "# TYPE depth gauge"), Is.EqualTo(1));
        Assert.That(text.Split('\n').Count(l => l.StartsWith("depth{", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(text, Does.Not.Contain("histogram"));
    }

    [Test]
    public async Task What_a_source_counts_is_written_under_its_own_names_beside_the_instruments()
    {
        using var meter = new Meter($"beside-{Guid.NewGuid():N}");
        await using var app = await StartAsync([meter.Name], new Source());
        meter.CreateCounter<long>("hits").Add(5);
        using var client = app.GetTestClient();
        await client.GetStringAsync("/metrics");

        var text = await client.GetStringAsync("/metrics");

        Assert.That(text.Replace(meter.Name, "golden", StringComparison.Ordinal), Is.EqualTo(
            """
            # TYPE hits_total counter
            hits_total{otel_scope_name="golden"} 5
            # HELP nv_success Answered.
            # TYPE nv_success counter
            nv_success{model="a\"b",version="1"} 7
            nv_success{model="c"} 12345678901
            # HELP depth Waiting.
            # TYPE depth gauge
            depth 0.5
            # HELP took_seconds Took.
            # TYPE took_seconds histogram
            took_seconds_bucket{model="c",le="0.1"} 1
            took_seconds_bucket{model="c",le="2"} 1
            took_seconds_bucket{model="c",le="+Inf"} 3
            took_seconds_sum{model="c"} 9.5
            took_seconds_count{model="c"} 3

            """));
    }

    [Test]
    public void Mapping_without_the_exporter_says_what_is_missing()
    {
        var app = WebApplication.CreateBuilder().Build();

        Assert.That(() => app.MapPrometheusScrapingEndpoint(), Throws.InvalidOperationException.With.Message.Contains("AddPrometheusExporter"));
    }

    private static Task<WebApplication> StartAsync(params string[] meters) => StartAsync(meters, source: null);

    private static async Task<WebApplication> StartAsync(string[] meters, IPrometheusSource? source)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddOpenTelemetry().WithMetrics(m => m.AddMeter(meters).AddPrometheusExporter());
        if (source is not null)
        {
            builder.Services.AddSingleton(source);
        }

        var app = builder.Build();
        app.MapPrometheusScrapingEndpoint();
        await app.StartAsync();
        return app;
    }

    private sealed class Source : IPrometheusSource
    {
        public void Collect(IPrometheusWriter writer)
        {
            writer.Counter("nv_success", "Answered.", [new("model", "a\"b"), new("version", "1")], 7);
            writer.Gauge("depth", "Waiting.", [], 0.5);
            writer.Counter("nv_success", "Answered.", [new("model", "c")], 12_345_678_901);
            writer.Histogram("took_seconds", "Took.", [new("model", "c")], [0.1, 2], [1, 1, 3], 9.5);
            writer.Gauge("nv_success", "Another type.", [], 1);
        }
    }
}
