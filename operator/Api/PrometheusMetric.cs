using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// A metric of both revisions from a Prometheus server: two counters (badQuery, totalQuery), or a mean (meanQuery). Queries are PromQL in which
/// {{namespace}}, {{name}}, {{revision}} and {{intervalSeconds}} are filled in, and are asked once for each revision in every interval.
/// </summary>
[ValidationRule("has(self.badQuery) == has(self.totalQuery)", message: "badQuery and totalQuery belong together")]
[ValidationRule("has(self.badQuery) != has(self.meanQuery)", message: "give badQuery and totalQuery (counters), or meanQuery (a mean)")]
[ValidationRule(
    "has(self.meanQuery) ? has(self.meanMinimum) && has(self.meanMaximum) : !has(self.meanMinimum) && !has(self.meanMaximum) && !has(self.direction)",
    message: "meanMinimum and meanMaximum must be given with meanQuery, and they and direction belong to it")]
public sealed class PrometheusMetric
{
    /// <summary>Address of the server, such as http://prometheus.monitoring:9090; /api/v1/query is appended.</summary>
    [Required, Pattern("^https?://[^/?#@\\s]+(/[^?#\\s]*)?$"), Length(8, 2048)]
    public string Address { get; set; } = "";

    /// <summary>
    /// Counter of what went badly, as it stands (no rate or increase; a reset starts anew). One number: no series is no data, so end it with
    /// "or vector(0)" where none means 0.
    /// </summary>
    [Length(1, 4096)]
    public string? BadQuery { get; set; }

    /// <summary>Counter of everything, bad included, as it stands.</summary>
    [Length(1, 4096)]
    public string? TotalQuery { get; set; }

    /// <summary>Mean over the last interval, such as revenue for each answer.</summary>
    [Length(1, 4096)]
    public string? MeanQuery { get; set; }

    /// <summary>With meanQuery: the least the mean can be, a decimal number; what is lower counts as this.</summary>
    [Pattern("^-?[0-9]{1,15}(\\.[0-9]{1,9})?$"), Length(1, 32)]
    public string? MeanMinimum { get; set; }

    /// <summary>With meanQuery: the most the mean can be, a decimal number; what is higher counts as this. The narrower the range, the sooner a verdict.</summary>
    [Pattern("^-?[0-9]{1,15}(\\.[0-9]{1,9})?$"), Length(1, 32)]
    public string? MeanMaximum { get; set; }

    /// <summary>With meanQuery: whether lower or higher is better. Default: LowerIsBetter.</summary>
    public MetricDirection? Direction { get; set; }

    /// <summary>Seconds an answer may take.</summary>
    [DefaultValue(5), RangeMinimum(1), RangeMaximum(60)]
    public int? TimeoutSeconds { get; set; }
}

/// <summary>Which way a mean is better.</summary>
public enum MetricDirection
{
    /// <summary>As with costs.</summary>
    LowerIsBetter,

    /// <summary>As with revenue.</summary>
    HigherIsBetter,
}
