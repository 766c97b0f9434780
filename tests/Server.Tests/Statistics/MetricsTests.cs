using System.Globalization;
using ModelOperator.Testing;

namespace ModelOperator.Server.Tests.Statistics;

public sealed class MetricsTests
{
    private const string Known =
        """
        counter model_server_executions_total{model,version}
        counter model_server_feedback_total{model,outcome}
        counter model_server_http_requests_total{code}
        counter model_server_requests_total{model,outcome,version}
        counter model_server_rows_total{model,version}
        counter nv_inference_compute_infer_duration_us{model,version}
        counter nv_inference_compute_input_duration_us{model,version}
        counter nv_inference_compute_output_duration_us{model,version}
        counter nv_inference_count{model,version}
        counter nv_inference_exec_count{model,version}
        counter nv_inference_queue_duration_us{model,version}
        counter nv_inference_request_duration_us{model,version}
        counter nv_inference_request_failure{model,reason,version}
        counter nv_inference_request_success{model,version}
        gauge model_server_admitted_requests{}
        gauge model_server_execution_provider_nodes{model,provider,version}
        gauge model_server_instances_busy{device,model,provider,threads,version}
        gauge model_server_instances{device,model,provider,threads,version}
        gauge model_server_max_batch_size{model,version}
        gauge model_server_pending_requests{model,version}
        gauge model_server_remembered_predictions{model}
        gauge model_server_waiting_requests{model,version}
        gauge nv_inference_pending_request_count{model,version}
        histogram model_server_inference_duration_seconds{model,version} 0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 +Inf
        histogram model_server_queue_duration_seconds{model,version} 0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 +Inf
        histogram model_server_request_duration_seconds{model,version} 0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 +Inf
        """;

    [Test]
    public async Task Triton_s_names_tell_what_was_done()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        await server.InferAsync(Digits.Request(0));
        await server.InferAsync(Digits.Request(0, 3));
        await server.InferAsync("""{"inputs":[{"name":"image","shape":[1,2],"datatype":"FP32","data":[1,2]}]}""");

        string text = await server.Client.GetStringAsync("metrics");

        Assert.That(Value(text, """nv_inference_request_success{model="digits",version="1"}"""), Is.EqualTo(2));
        Assert.That(Value(text, """nv_inference_request_failure{model="digits",reason="OTHER",version="1"}"""), Is.EqualTo(1));
        Assert.That(Value(text, """nv_inference_request_failure{model="digits",reason="REJECTED",version="1"}"""), Is.Zero);
        Assert.That(Value(text, """nv_inference_request_failure{model="digits",reason="CANCELED",version="1"}"""), Is.Zero);
        Assert.That(Value(text, """nv_inference_request_failure{model="digits",reason="BACKEND",version="1"}"""), Is.Zero);
        Assert.That(Value(text, """nv_inference_count{model="digits",version="1"}"""), Is.EqualTo(4));
        Assert.That(Value(text, """nv_inference_exec_count{model="digits",version="1"}"""), Is.EqualTo(2));
        Assert.That(Value(text, """nv_inference_pending_request_count{model="digits",version="1"}"""), Is.Zero);
        double request = Value(text, """nv_inference_request_duration_us{model="digits",version="1"}""");
        double parts = 0;
        foreach (string part in (string[])["queue", "compute_input", "compute_infer", "compute_output"])
        {
            parts += Value(text, $$"""nv_inference_{{part}}_duration_us{model="digits",version="1"}""");
        }

        Assert.That(parts, Is.GreaterThan(0).And.LessThanOrEqualTo(request));
    }

    [Test]
    public async Task Metrics_count_what_became_of_requests()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        await server.InferAsync(Digits.Request(0, id: "m"));
        await server.InferAsync("""{"inputs":[]}""");
        await server.FeedbackAsync("m", Digits.All[0].Label.ToString());

        string metrics = await server.Client.GetStringAsync("metrics");
        Assert.That(metrics, Does.Match("""(?m)^model_server_requests_total\{model="digits",outcome="success",version="1"\} 1$"""));
        Assert.That(metrics, Does.Match("""(?m)^model_server_requests_total\{model="digits",outcome="rejected",version="1"\} 1$"""));
        Assert.That(metrics, Does.Match("""(?m)^model_server_request_duration_seconds_count\{model="digits"[^}]*\} 1$"""));
        Assert.That(metrics, Does.Match("""(?m)^model_server_inference_duration_seconds_count\{model="digits"[^}]*\} 1$"""));
        Assert.That(metrics, Does.Match("""(?m)^model_server_feedback_total\{model="digits",[^}]*outcome="correct"\} 1$"""));
        Assert.That(
            metrics,
            Does.Match("""(?m)^model_server_execution_provider_nodes\{model="digits",provider="CPU",version="1"\} [1-9]"""));
        Assert.That(metrics, Does.Match("""(?m)^model_server_max_batch_size\{model="digits",version="1"\} 1$"""));
    }

    [Test]
    public async Task Requests_that_cannot_be_read_are_counted_by_their_status()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        await server.InferAsync(Digits.Request(0));
        await server.InferAsync("{");
        await server.PostAsync("v2/models/other/infer", "{}");

        string text = await server.Client.GetStringAsync("metrics");

        Assert.That(Value(text, """model_server_http_requests_total{code="200"}"""), Is.EqualTo(1));
        Assert.That(Value(text, """model_server_http_requests_total{code="400"}"""), Is.EqualTo(1));
        Assert.That(Value(text, """model_server_http_requests_total{code="404"}"""), Is.EqualTo(1));
    }

    [Test]
    public async Task Names_types_labels_and_bounds_are_those_that_dashboards_know()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        await server.InferAsync(Digits.Request(0, id: "m"));
        await server.FeedbackAsync("m", "1");

        string text = await server.Client.GetStringAsync("metrics");

        Assert.That(
            Exposition.Shape(text).Where(line => !line.Contains(" dotnet_", StringComparison.Ordinal)),
            Is.EqualTo(Known.Split('\n')));
        Assert.That(Exposition.Shape(text), Is.SupersetOf((string[])
        [
            "counter dotnet_gc_collections_total{gc_heap_generation}",
            "counter dotnet_gc_heap_total_allocated_bytes_total{}",
            "counter dotnet_process_cpu_time_seconds_total{cpu_mode}",
            "gauge dotnet_process_cpu_count{}",
            "gauge dotnet_process_memory_working_set_bytes{}",
        ]));
    }

    [Test]
    public async Task Whatever_format_is_asked_for_the_text_has_the_same_names()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, "metrics");
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");

        using HttpResponseMessage response = await server.Client.SendAsync(request);

        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/plain; version=0.0.4; charset=utf-8"));
        Assert.That(
            await response.Content.ReadAsStringAsync(),
            Does.Match("""(?m)^nv_inference_request_success\{model="digits",version="1"\} 0$"""));
    }

    [Test]
    public async Task Every_scrape_tells_what_is_true_now()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        const string Series = """nv_inference_request_success{model="digits",version="1"}""";
        for (int i = 0; i < 3; i++)
        {
            Assert.That(Value(await server.Client.GetStringAsync("metrics"), Series), Is.EqualTo(i));
            await server.InferAsync(Digits.Request(0));
        }
    }

    [Test]
    public async Task Promtool_finds_nothing_wrong_but_names_that_Triton_and_dotnet_chose()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        await server.InferAsync(Digits.Request(0, id: "m"));
        await server.FeedbackAsync("m", "1");

        IReadOnlyList<string>? complaints = await Exposition.ComplaintsAsync(await server.Client.GetStringAsync("metrics"));

        if (complaints is null)
        {
            Assert.Ignore("the package prometheus is not installed: make packages");
        }

        Assert.That(complaints, Is.Not.Empty.And.All.Match("^(nv_inference|dotnet)_"));
    }

    private static double Value(string text, string series)
    {
        string line = text.Split('\n').SingleOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal))
            ?? throw new AssertionException($"{series} is not in {text}");
        return double.Parse(line.AsSpan(series.Length + 1), CultureInfo.InvariantCulture);
    }
}
