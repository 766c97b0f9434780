using FsCheck;

namespace ModelOperator.PrometheusExporter.Tests;

public sealed class MetricNameTests
{
    [TestCase("a.b", null, nameof(FamilyType.Gauge), "a_b")]
    [TestCase("a..b", null, nameof(FamilyType.Gauge), "a_b")]
    [TestCase("9lives", null, nameof(FamilyType.Gauge), "_9lives")]
    [TestCase("hits_total", null, nameof(FamilyType.Counter), "hits_total")]
    [TestCase("time.total", "s", nameof(FamilyType.Counter), "time_seconds_total")]
    [TestCase("time.seconds", "s", nameof(FamilyType.Counter), "time_seconds_total")]
    [TestCase("requests", "{request}", nameof(FamilyType.Counter), "requests_total")]
    [TestCase("speed", "By/s", nameof(FamilyType.Gauge), "speed_bytes_per_second")]
    [TestCase("rate", "{request}/s", nameof(FamilyType.Gauge), "rate_per_second")]
    [TestCase("share", "1", nameof(FamilyType.Gauge), "share_ratio")]
    [TestCase("ones", "1", nameof(FamilyType.Counter), "ones_total")]
    [TestCase("size", "widget", nameof(FamilyType.Histogram), "size_widget")]
    public void Names_follow_the_compatibility_rules(string name, string? unit, string type, string expected) =>
        Assert.That(MetricName.Of(name, unit, Enum.Parse<FamilyType>(type)), Is.EqualTo(expected));

    [FsCheck.NUnit.Property]
    public bool Any_name_and_unit_become_a_valid_metric_name(string? name, string? unit) =>
        MetricName.Of(name ?? "", unit, FamilyType.Counter) is { Length: > 0 } result
        && !char.IsAsciiDigit(result[0])
        && result.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':');

    [FsCheck.NUnit.Property]
    public bool An_escaped_label_value_reads_back_as_it_was_and_never_breaks_the_line(NonNull<string> value)
    {
        var escaped = Escape.LabelValue(value.Get);
        return !escaped.Contains('\n', StringComparison.Ordinal) && Unescape(escaped) == value.Get;
    }

    private static string Unescape(string text)
    {
        var result = new System.Text.StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            Assert.That(text[i], Is.Not.EqualTo('"'));
            result.Append(text[i] != '\\' ? text[i] : text[++i] == 'n' ? '\n' : text[i]);
        }

        return result.ToString();
    }
}
