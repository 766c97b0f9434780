using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OpenTelemetry.Metrics;

/// <summary>
/// What the package OpenTelemetry.Exporter.Prometheus.AspNetCore would bring, under its names: the metrics of the process for
/// a Prometheus server to scrape.
/// </summary>
public static class PrometheusExporterExtensions
{
    /// <summary>The Prometheus text format.</summary>
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Makes the metrics of this provider scrapable.</summary>
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .ConfigureServices(services => services.TryAddSingleton<PrometheusExporter>())
            .AddReader(services => new BaseExportingMetricReader(services.GetRequiredService<PrometheusExporter>())
            {
                TemporalityPreference = MetricReaderTemporalityPreference.Cumulative,
            });
    }

    /// <summary>Serves the metrics at <paramref name="path"/>.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path = "/metrics")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var exporter = endpoints.ServiceProvider.GetService<PrometheusExporter>()
            ?? throw new InvalidOperationException($"{path} needs AddOpenTelemetry().WithMetrics(m => m.AddPrometheusExporter()).");

        return endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)(context => ScrapeAsync(exporter, context)));
    }

    private static Task ScrapeAsync(PrometheusExporter exporter, HttpContext context)
    {
        if (exporter.Scrape() is not { } text)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        context.Response.ContentType = ContentType;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.WriteAsync(text, Encoding.UTF8, context.RequestAborted);
    }
}
