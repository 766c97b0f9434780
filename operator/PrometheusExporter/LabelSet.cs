using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ModelOperator.PrometheusExporter;

/// <summary>The tags of one point as <c>name="value",...</c>.</summary>
internal static class LabelSet
{
    /// <summary>
    /// Tags that become the same label after cleaning are joined with a semicolon, as OpenTelemetry's compatibility rules say:
    /// a repeated label would make Prometheus refuse the whole scrape.
    /// </summary>
    public static string Of(Metric metric, ReadOnlyTagCollection tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            Add(labels, MetricName.Label(key), Text(value));
        }

        // The meter's name keeps apart two meters that use one metric name.
        labels["otel_scope_name"] = metric.MeterName;
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            Append(text, name, value);
        }

        return text.ToString();
    }

    /// <summary>Labels that already are as Prometheus wants them.</summary>
    public static string Of(ReadOnlySpan<KeyValuePair<string, string>> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            Append(text, name, value);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, string value) =>
        text.Append(text.Length == 0 ? "" : ",").Append(name).Append("=\"").Append(Escape.LabelValue(value)).Append('"');

    private static void Add(SortedDictionary<string, string> labels, string name, string value) =>
        labels[name] = labels.TryGetValue(name, out var before) ? $"{before};{value}" : value;

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
