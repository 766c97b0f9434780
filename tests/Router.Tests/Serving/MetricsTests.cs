using ModelOperator.Router.Routing;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Serving;

public sealed class MetricsTests
{
    private const string Known =
        """
        counter model_router_ejections_total{model,otel_scope_name,revision}
        counter model_router_feedback_total{model,otel_scope_name,outcome,revision}
        counter model_router_requests_total{code,model,otel_scope_name,revision}
        counter model_router_retries_total{model,otel_scope_name,revision}
        gauge model_router_ready_pods{model,otel_scope_name,revision}
        gauge model_router_table_version{model,otel_scope_name}
        histogram model_router_request_duration_seconds{model,otel_scope_name,revision} 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 +Inf
        """;

    [Test]
    public async Task Names_types_labels_and_bounds_are_those_that_dashboards_know_and_promtool_finds_nothing_wrong_with_them()
    {
        await using TestRouter router = await TestRouter.StartAsync();
        await using TestPod pod = await TestPod.StartAsync("aaaaaaaaaa");
        router.Route(
            [new("aaaaaaaaaa", 100)],
            pod.State(),
            new PodState("refused", "uid-refused", "digits", "aaaaaaaaaa", "127.0.0.1:9", Ready: true, Warm: true));
        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage answer = await router.InferAsync();
            await router.FeedbackAsync(answer.Headers.GetValues("x-prediction-id").Single());
        }

        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(router.Host.AdminAddress, "/metrics"));
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
        using HttpResponseMessage response = await router.Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();

        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/plain; version=0.0.4; charset=utf-8"));
        Assert.That(
            Exposition.Shape(text).Where(line => !line.Contains(" dotnet_", StringComparison.Ordinal)),
            Is.EqualTo(Known.Split('\n')));
        Assert.That(Exposition.Shape(text), Does.Contain("gauge dotnet_process_memory_working_set_bytes{otel_scope_name}"));
        Assert.That(await Exposition.ComplaintsAsync(text) ?? [], Is.All.StartsWith("dotnet_"));
    }
}
