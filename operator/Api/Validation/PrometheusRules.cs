using System.Globalization;

namespace ModelOperator.Api.Validation;

/// <summary>Rules of a Prometheus guardrail.</summary>
internal static class PrometheusRules
{
    public static IEnumerable<FieldError> Check(string path, PrometheusMetric metric) =>
    [
        .. AddressRules.Check($"{path}.address", metric.Address),
        .. Kind(path, metric),
        .. Query($"{path}.badQuery", metric.BadQuery),
        .. Query($"{path}.totalQuery", metric.TotalQuery),
        .. Query($"{path}.meanQuery", metric.MeanQuery),
        .. Range(path, metric),
    ];

    private static IEnumerable<FieldError> Kind(string path, PrometheusMetric metric) => metric switch
    {
        { MeanQuery: null, BadQuery: not null, TotalQuery: null } =>
            [FieldError.Of($"{path}.totalQuery", "null", "is required with badQuery: the counter of all events, bad included")],
        { MeanQuery: null, BadQuery: null, TotalQuery: not null } =>
            [FieldError.Of($"{path}.badQuery", "null", "is required with totalQuery: the counter of bad events")],
        { MeanQuery: null, BadQuery: null } =>
            [FieldError.Of(path, "{}", "want badQuery and totalQuery (two counters) or meanQuery (a mean)")],
        { MeanQuery: { } mean } when metric.BadQuery is not null || metric.TotalQuery is not null =>
            [FieldError.Text($"{path}.meanQuery", mean, "excludes badQuery and totalQuery; make two guardrails to watch both")],
        _ => [],
    };

    // A revision that is not named would be compared with itself.
    private static IEnumerable<FieldError> Query(string field, string? query)
    {
        if (query is null)
        {
            yield break;
        }

        var used = QueryTemplate.NamesIn(query);
        foreach (var unknown in used.Except(QueryTemplate.Placeholders))
        {
            yield return FieldError.Text(
                field, query,
                $"uses the unknown placeholder {{{{{unknown}}}}}; "
                + $"want {string.Join(", ", QueryTemplate.Placeholders.Select(p => $"{{{{{p}}}}}"))}");
        }

        if (!used.Contains("revision"))
        {
            yield return FieldError.Text(
                field, query, "does not use {{revision}}, so it would return the same number for both revisions; add it");
        }
    }

    private static IEnumerable<FieldError> Range(string path, PrometheusMetric metric)
    {
        if (metric.MeanQuery is null)
        {
            const string problem = "belongs to meanQuery; leave it out";
            return
            [
                .. metric.MeanMinimum is { } low ? [FieldError.Text($"{path}.meanMinimum", low, problem)] : Array.Empty<FieldError>(),
                .. metric.MeanMaximum is { } high ? [FieldError.Text($"{path}.meanMaximum", high, problem)] : Array.Empty<FieldError>(),
                .. metric.Direction is { } direction ? [FieldError.Of($"{path}.direction", direction, problem)] : Array.Empty<FieldError>(),
            ];
        }

        return Number(metric.MeanMinimum) is not { } minimum
            ? [FieldError.Text(
                $"{path}.meanMinimum", metric.MeanMinimum ?? "", "want a decimal number in quotes: the lower end of the range")]
            : Number(metric.MeanMaximum) is not { } maximum
                ? [FieldError.Text(
                    $"{path}.meanMaximum", metric.MeanMaximum ?? "", "want a decimal number in quotes: the upper end of the range")]
                : minimum >= maximum
                    ? [FieldError.Text($"{path}.meanMaximum", metric.MeanMaximum!, $"want more than meanMinimum ({metric.MeanMinimum})")]
                    : [];
    }

    private static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
