using OpenTelemetry.Metrics;

namespace ModelOperator.Router.Admin;

/// <summary>Serves <c>/metrics</c>. docs/decisions/metrics-exporter.md gives the reasons for each setting.</summary>
internal static class MetricsEndpoint
{
    public static void AddRouterMetrics(this IServiceCollection services) => services.AddOpenTelemetry().WithMetrics(metrics => metrics
        .AddMeter(RouterMetrics.MeterName, "System.Runtime")
        .AddPrometheusExporter(exporter => (exporter.TargetInfoEnabled, exporter.ScrapeResponseCacheDurationMilliseconds) = (false, 0)));

    public static void MapRouterMetrics(this IEndpointRouteBuilder endpoints) => endpoints.MapPrometheusScrapingEndpoint().Add(endpoint =>
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
