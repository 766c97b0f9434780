using ModelOperator.PrometheusExporter;

namespace OpenTelemetry.Metrics;

/// <summary>Keeps nothing: a scrape asks the SDK to collect, and what it collects is written as text on the way through.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter(IEnumerable<IPrometheusSource> sources) : BaseExporter<Metric>, IPullMetricExporter
{
    /// <summary>A scrape that finds the SDK busy for this long fails.</summary>
    private const int CollectTimeoutMilliseconds = 10_000;

    private readonly Lock _scrape = new();
    private readonly IPrometheusSource[] _sources = [.. sources];
    private MetricFamilies _collected = new();

    public Func<int, bool>? Collect { get; set; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var families = new MetricFamilies();
        foreach (var metric in batch)
        {
            families.Add(metric);
        }

        _collected = families;
        return ExportResult.Success;
    }

    /// <summary>Everything measured so far in the Prometheus text format, or null when the SDK could not collect.</summary>
    public string? Scrape()
    {
        // One at a time: two scrapes at once would read each other's text.
        lock (_scrape)
        {
            if (Collect?.Invoke(CollectTimeoutMilliseconds) != true)
            {
                return null;
            }

            foreach (var source in _sources)
            {
                source.Collect(_collected);
            }

            return _collected.ToString();
        }
    }
}
