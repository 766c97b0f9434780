using System.Diagnostics.Metrics;
using ModelOperator.Server.Metrics;
using ModelOperator.Server.Repository;
using ModelOperator.Server.Statistics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace ModelOperator.Server.Serving;

/// <summary>Serves <c>/metrics</c>. docs/decisions/metrics-exporter.md gives the reasons for each setting.</summary>
internal static class MetricsEndpoint
{
    private const string Runtime = "System.Runtime";

    public static void AddServerMetrics(this IServiceCollection services, ServeOptions options)
    {
        services.AddSingleton<ServerMetrics>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(ServerMetrics.MeterName, Runtime)
            .AddView(instrument => instrument.Meter.Name == Runtime ? Suffixed(instrument)
                : options.ModelRepository is null ? null
                : Roomy(instrument))
            .AddPrometheusExporter(exporter =>
            {
                // Triton's counters have no suffix; this server's own instruments carry theirs in their names.
                exporter.TranslationStrategy = PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithoutSuffixes;
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
                exporter.ScrapeResponseCacheDurationMilliseconds = 0;
            }));
    }

    public static void MapServerMetrics(this IEndpointRouteBuilder endpoints) => endpoints.MapPrometheusScrapingEndpoint().Add(endpoint =>
    {
        // OpenMetrics writes bounds of buckets and names of counters otherwise: whoever asks for it gets the same text.
        RequestDelegate scrape = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context =>
        {
            context.Request.Headers.Accept = default;
            return scrape(context);
        };
    });

    /// <summary>The name that .NET's own instrument has in Prometheus, as OpenTelemetry's rules make it.</summary>
    private static MetricStreamConfiguration Suffixed(Instrument instrument)
    {
        string unit = instrument.Unit switch
        {
            "By" => "_bytes",
            "s" => "_seconds",
            _ => "",
        };
        string total = instrument is Counter<long> or ObservableCounter<long> or ObservableCounter<double> ? "_total" : "";
        return new MetricStreamConfiguration { Name = instrument.Name + unit + total };
    }

    /// <summary>Room for the series of as many models as a repository may have; the SDK's own limit is 2000 an instrument.</summary>
    private static MetricStreamConfiguration Roomy(Instrument instrument)
    {
        int seriesPerModel = instrument.Name switch
        {
            StatisticsMetrics.Requests => 5,
            TritonMetrics.Failures => FailureKinds.Count,
            _ => 1,
        };
        return new MetricStreamConfiguration { CardinalityLimit = seriesPerModel * ModelDirectory.MaxModels };
    }
}
