using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace ModelOperator.PrometheusExporter;

/// <summary>
/// Metrics grouped by their Prometheus name: the format wants all lines of a name in one group with one type, and two meters
/// may well use the same name.
/// </summary>
internal sealed class MetricFamilies : IPrometheusWriter
{
    private readonly Dictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly List<Family> _inOrder = [];

    public void Add(Metric metric)
    {
        var type = TypeOf(metric.MetricType);
        if (FamilyOf(MetricName.Of(metric.Name, metric.Unit, type), type, metric.Description) is { } family)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                Write(family, metric, point);
            }
        }
    }

    public void Counter(string name, string help, ReadOnlySpan<KeyValuePair<string, string>> labels, double value) =>
        FamilyOf(name, FamilyType.Counter, help)?.Sample("", LabelSet.Of(labels), Number(value));

    public void Gauge(string name, string help, ReadOnlySpan<KeyValuePair<string, string>> labels, double value) =>
        FamilyOf(name, FamilyType.Gauge, help)?.Sample("", LabelSet.Of(labels), Number(value));

    public void Histogram(
        string name, string help, ReadOnlySpan<KeyValuePair<string, string>> labels, ReadOnlySpan<double> bounds, ReadOnlySpan<long> cumulative, double sum)
    {
        if (FamilyOf(name, FamilyType.Histogram, help) is not { } family)
        {
            return;
        }

        var text = LabelSet.Of(labels);
        for (var i = 0; i < bounds.Length; i++)
        {
            WriteBucket(family, text, bounds[i], cumulative[i]);
        }

        WriteTotals(family, text, cumulative[^1], sum);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var family in _inOrder.Where(f => f.Samples.Length > 0))
        {
            if (!string.IsNullOrEmpty(family.Help))
            {
                text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape.Help(family.Help)).Append('\n');
            }

            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type switch
            {
                FamilyType.Counter => "counter",
                FamilyType.Histogram => "histogram",
                _ => "gauge",
            }).Append('\n').Append(family.Samples);
        }

        return text.ToString();
    }

    /// <summary>One name cannot have two types; the first one seen keeps it, as in the upstream exporter's family lookup, and the other gets null.</summary>
    private Family? FamilyOf(string name, FamilyType type, string? help)
    {
        if (!_families.TryGetValue(name, out var family))
        {
            family = new Family(name, type, help);
            _families.Add(name, family);
            _inOrder.Add(family);
        }

        return family.Type == type ? family : null;
    }

    private static FamilyType TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => FamilyType.Counter,
        MetricType.Histogram or MetricType.ExponentialHistogram => FamilyType.Histogram,
        _ => FamilyType.Gauge,
    };

    private static void Write(Family family, Metric metric, in MetricPoint point)
    {
        var labels = LabelSet.Of(metric, point.Tags);
        if (family.Type == FamilyType.Histogram)
        {
            WriteHistogram(family, metric, point, labels);
            return;
        }

        var value = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => Number(point.GetSumLong()),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => Number(point.GetSumDouble()),
            MetricType.LongGauge => Number(point.GetGaugeLastValueLong()),
            _ => Number(point.GetGaugeLastValueDouble()),
        };
        family.Sample("", labels, value);
    }

    private static void WriteHistogram(Family family, Metric metric, in MetricPoint point, string labels)
    {
        // An exponential histogram has no buckets this format can hold; its count and sum still are worth having.
        if (metric.MetricType == MetricType.Histogram)
        {
            long cumulative = 0;
            foreach (var bucket in point.GetHistogramBuckets())
            {
                cumulative += bucket.BucketCount;
                if (!double.IsPositiveInfinity(bucket.ExplicitBound))
                {
                    WriteBucket(family, labels, bucket.ExplicitBound, cumulative);
                }
            }
        }

        WriteTotals(family, labels, point.GetHistogramCount(), point.GetHistogramSum());
    }

    private static void WriteBucket(Family family, string labels, double bound, long cumulative) =>
        family.Sample("_bucket", $"{labels}{(labels.Length == 0 ? "" : ",")}le=\"{Number(bound)}\"", Number(cumulative));

    private static void WriteTotals(Family family, string labels, long count, double sum)
    {
        WriteBucket(family, labels, double.PositiveInfinity, count);
        family.Sample("_sum", labels, Number(sum));
        family.Sample("_count", labels, Number(count));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ when double.IsNaN(value) => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private sealed record Family(string Name, FamilyType Type, string? Help)
    {
        public StringBuilder Samples { get; } = new();

        public void Sample(string suffix, string labels, string value)
        {
            Samples.Append(Name).Append(suffix);
            if (labels.Length > 0)
            {
                Samples.Append('{').Append(labels).Append('}');
            }

            Samples.Append(' ').Append(value).Append('\n');
        }
    }
}

/// <summary>The Prometheus types OpenTelemetry's instruments map to.</summary>
internal enum FamilyType
{
    Counter,
    Gauge,
    Histogram,
}
