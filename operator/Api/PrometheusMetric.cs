using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Api;

/// <summary>
/// A metric of both revisions from a Prometheus server: two counters (badQuery, totalQuery), or a mean (meanQuery). Queries are PromQL in
/// which {{namespace}}, {{name}}, {{revision}} and {{intervalSeconds}} are filled in. The operator asks them once for each revision in
/// every interval.
/// </summary>
[ValidationRule("has(self.badQuery) == has(self.totalQuery)", message: "badQuery and totalQuery belong together")]
[ValidationRule("has(self.badQuery) != has(self.meanQuery)", message: "give badQuery and totalQuery (counters), or meanQuery (a mean)")]
[ValidationRule(
    "has(self.meanQuery) ? has(self.meanMinimum) && has(self.meanMaximum) : !has(self.meanMinimum) && !has(self.meanMaximum) && "
    + "!has(self.direction)",
    message: "meanMinimum and meanMaximum must be given with meanQuery, and they and direction belong to it")]
public sealed class PrometheusMetric
{
    /// <summary>Address of the server, such as http://prometheus.monitoring:9090; /api/v1/query is appended.</summary>
    [Required, Pattern("^https?://[^/?#@\\s]+(/[^?#\\s]*)?$"), Length(8, 2048)]
    public string Address { get; set; } = "";

    /// <summary>
    /// Secret of the namespace with what the server asks for: token, or username and password; ca.crt, the certificates of a private
    /// authority; header.NAME, a further header, such as header.X-Scope-OrgID. The key endpoint names the endpoint that they are sent to,
    /// such as https://prometheus.monitoring:9090, and is required.
    /// </summary>
    public LocalSecretReference? CredentialsSecretRef { get; set; }

    /// <summary>
    /// Counter of bad events as it stands: no rate or increase; a reset starts anew. It must return one number. No series is no data, so
    /// end it with "or vector(0)" where no series means 0.
    /// </summary>
    [Length(1, 4096)]
    public string? BadQuery { get; set; }

    /// <summary>Counter of all events, bad included, as it stands.</summary>
    [Length(1, 4096)]
    public string? TotalQuery { get; set; }

    /// <summary>Mean over the last interval, such as revenue for each answer.</summary>
    [Length(1, 4096)]
    public string? MeanQuery { get; set; }

    /// <summary>With meanQuery: lower end of the range, a decimal number. A lower mean counts as this.</summary>
    [Pattern("^-?[0-9]{1,15}(\\.[0-9]{1,9})?$"), Length(1, 32)]
    public string? MeanMinimum { get; set; }

    /// <summary>
    /// With meanQuery: upper end of the range, a decimal number. A higher mean counts as this. A narrower range gives a sooner verdict.
    /// </summary>
    [Pattern("^-?[0-9]{1,15}(\\.[0-9]{1,9})?$"), Length(1, 32)]
    public string? MeanMaximum { get; set; }

    /// <summary>With meanQuery: whether lower or higher is better. Default: LowerIsBetter.</summary>
    public MetricDirection? Direction { get; set; }

    /// <summary>Seconds an answer may take. Default: 5.</summary>
    [RangeMinimum(1), RangeMaximum(60)]
    public int? TimeoutSeconds { get; set; }
}

/// <summary>Which direction of a mean is better.</summary>
public enum MetricDirection
{
    /// <summary>As with costs.</summary>
    LowerIsBetter,

    /// <summary>As with revenue.</summary>
    HigherIsBetter,
}
