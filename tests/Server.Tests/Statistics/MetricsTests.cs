using System.Diagnostics;
using System.Globalization;

namespace ModelOperator.Server.Tests.Statistics;

public sealed class MetricsTests
{
    [Test]
    public async Task Triton_s_names_tell_what_was_done()
    {
        await using TestServer server = await TestServer.DigitsAsync();
        await server.InferAsync(Digits.Request(0));
        await server.InferAsync(Digits.Request(0, 3));
        await server.InferAsync("""{"inputs":[{"name":"image","shape":[1,2],"datatype":"FP32","data":[1,2]}]}""");

        string text = await server.Client.GetStringAsync("metrics");

        Assert.That(Value(text, """nv_inference_request_success{model="digits",version="1"}"""), Is.EqualTo(2));
        Assert.That(Value(text, """nv_inference_request_failure{model="digits",version="1",reason="OTHER"}"""), Is.EqualTo(1));
        Assert.That(Value(text, """nv_inference_request_failure{model="digits",version="1",reason="REJECTED"}"""), Is.Zero);
        Assert.That(Value(text, """nv_inference_request_failure{model="digits",version="1",reason="CANCELED"}"""), Is.Zero);
        Assert.That(Value(text, """nv_inference_request_failure{model="digits",version="1",reason="BACKEND"}"""), Is.Zero);
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
    public async Task Promtool_finds_nothing_wrong_but_names_that_Triton_and_dotnet_chose()
    {
        const string Promtool = "/usr/bin/promtool";
        if (!File.Exists(Promtool))
        {
            Assert.Ignore("the package prometheus is not installed: make packages");
        }

        await using TestServer server = await TestServer.DigitsAsync();
        await server.InferAsync(Digits.Request(0, id: "m"));
        await server.FeedbackAsync("m", "1");
        using Process process = Process.Start(new ProcessStartInfo(Promtool, ["check", "metrics"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> problems = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(await server.Client.GetStringAsync("metrics"));
        process.StandardInput.Close();
        await process.WaitForExitAsync();

        // 3: it reads, but there are names to complain of.
        Assert.That(process.ExitCode, Is.EqualTo(3), await problems);
        Assert.That((await problems).Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.Not.Empty.And.All.Match("^(nv_inference|dotnet)_"));
    }

    private static double Value(string text, string series)
    {
        string line = text.Split('\n').SingleOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal)) ?? throw new AssertionException($"{series} is not in {text}");
        return double.Parse(line.AsSpan(series.Length + 1), CultureInfo.InvariantCulture);
    }
}
