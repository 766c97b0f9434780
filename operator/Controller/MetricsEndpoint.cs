using ModelOperator.Kubernetes.Runtime;
using OpenTelemetry.Metrics;

namespace ModelOperator.Controller;

/// <summary>Serves <c>/metrics</c>. docs/decisions/metrics-exporter.md gives the reasons for each setting.</summary>
internal static class MetricsEndpoint
{
    public static void AddOperatorMetrics(this IServiceCollection services) => services.AddOpenTelemetry().WithMetrics(metrics => metrics
        .AddMeter(KubernetesMeter.Name, ControllerMetrics.MeterName)
        .AddPrometheusExporter(exporter => (exporter.TargetInfoEnabled, exporter.ScrapeResponseCacheDurationMilliseconds) = (false, 0)));

    public static void MapOperatorMetrics(this IEndpointRouteBuilder endpoints) => endpoints.MapPrometheusScrapingEndpoint().Add(endpoint =>
    {
        // OpenMetrics writes bounds of buckets otherwise, which Prometheus 2 takes for other series: whoever asks for it gets the same
        // text.
        RequestDelegate scrape = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context =>
        {
            context.Request.Headers.Accept = default;
            return scrape(context);
        };
    });
}
