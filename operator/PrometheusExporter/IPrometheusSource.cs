namespace ModelOperator.PrometheusExporter;

/// <summary>
/// Adds metrics at each scrape that the SDK does not keep: counters and histograms that their owner keeps cheaper than the SDK could,
/// and names fixed by others, which the SDK's naming rules would change. Register it as a service.
/// </summary>
public interface IPrometheusSource
{
    /// <summary>Writes the metrics as they are now.</summary>
    void Collect(IPrometheusWriter writer);
}

/// <summary>Takes metrics in the words of Prometheus: names and labels are written as they are given.</summary>
public interface IPrometheusWriter
{
    /// <summary>A number that only grows.</summary>
    void Counter(string name, string help, ReadOnlySpan<KeyValuePair<string, string>> labels, double value);

    /// <summary>A number that comes and goes.</summary>
    void Gauge(string name, string help, ReadOnlySpan<KeyValuePair<string, string>> labels, double value);

    /// <summary>A histogram.</summary>
    /// <param name="name">The family.</param>
    /// <param name="help">What it measures.</param>
    /// <param name="labels">Labels of all its lines.</param>
    /// <param name="bounds">Upper bounds, without the infinite one.</param>
    /// <param name="cumulative">How many were up to each bound, and at the end how many there were.</param>
    /// <param name="sum">All values together.</param>
    void Histogram(
        string name, string help, ReadOnlySpan<KeyValuePair<string, string>> labels, ReadOnlySpan<double> bounds, ReadOnlySpan<long> cumulative, double sum);
}
