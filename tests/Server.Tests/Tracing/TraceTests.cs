using System.Collections;
using System.Net;
using System.Text;
using ModelOperator.Server.Tracing;

namespace ModelOperator.Server.Tests.Tracing;

public sealed class TraceTests
{
    [Test]
    public async Task A_request_s_spans_arrive_under_the_client_s_and_those_of_probes_do_not()
    {
        const string TraceId = "0af7651916cd43dd8448eb211c80319c";
        const string ClientSpan = "b7ad6b7169203331";
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using ServerProcess server = ServerProcess.Start(
            "serve", "--model-name", "digits", "--model", Path.Combine(TestServer.Models, "digits-v1.onnx"), "--port", "0",
            "--drain-seconds", "0", "--log-format", "json", "--otlp-endpoint", receiver.Address);
        using HttpClient client = await server.ReadyAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, "v2/models/digits/infer")
        {
            Content = new StringContent(Digits.Request(0), Encoding.UTF8, "application/json"),
            Headers = { { "traceparent", $"00-{TraceId}-{ClientSpan}-01" } },
        };
        using HttpResponseMessage response = await client.SendAsync(request);
        server.Terminate();
        int status = await server.ExitAsync();

        Assert.That((response.StatusCode, status), Is.EqualTo((HttpStatusCode.OK, 0)));
        ReceivedSpan[] spans = [.. receiver.Spans.Where(s => s.TraceId == TraceId)];
        Assert.That(spans.Select(s => s.Name), Is.EquivalentTo((string[])["POST /v2/models/{name}/infer", "queue", "compute"]));
        ReceivedSpan whole = spans.Single(s => s.ParentId == ClientSpan);
        ReceivedSpan queue = spans.Single(s => s.Name == "queue");
        ReceivedSpan compute = spans.Single(s => s.Name == "compute");
        Assert.That((queue.ParentId, compute.ParentId), Is.EqualTo((whole.SpanId, whole.SpanId)));
        Assert.That(compute.End, Is.GreaterThan(compute.Start));
        Assert.That(queue.End, Is.EqualTo(compute.Start));
        Assert.That(whole.End, Is.GreaterThanOrEqualTo(compute.End));
        Assert.That(receiver.Spans, Has.Count.EqualTo(3), "probes leave no spans");
    }

    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", true)]
    [TestCase("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:4318/v1/traces", true)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "", false)]
    [TestCase("OTEL_SERVICE_NAME", "x", false)]
    public void OpenTelemetry_s_variables_turn_traces_on(string name, string value, bool on)
    {
        Assert.That(TraceOptions.OfEnvironment(new Hashtable { [name] = value }) is not null, Is.EqualTo(on));
        Assert.That(TraceOptions.OfEnvironment(new Hashtable { [name] = value, ["OTEL_SDK_DISABLED"] = "true" }), Is.Null);
        Assert.That(TraceOptions.OfEnvironment(new Hashtable { [name] = value, ["OTEL_TRACES_EXPORTER"] = "none" }), Is.Null);
    }

    [Test]
    public async Task An_endpoint_that_is_none_is_refused()
    {
        (int status, string message) = await ServerProcess.RunAsync(
            "serve", "--model-name", "m", "--model", "m.onnx", "--otlp-endpoint", "collector:4318");

        Assert.That(status, Is.EqualTo(1));
        Assert.That(message, Does.Contain("--otlp-endpoint is").And.Contain("expected http(s)://HOST:PORT"));
    }
}
