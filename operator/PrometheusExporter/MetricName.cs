using System.Text;

namespace ModelOperator.PrometheusExporter;

/// <summary>OpenTelemetry names as Prometheus writes them: cleaned, with the unit in words, and <c>_total</c> for counters.</summary>
internal static class MetricName
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["d"] = "days",
        ["h"] = "hours",
        ["min"] = "minutes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["GiBy"] = "gibibytes",
        ["kBy"] = "kilobytes",
        ["MBy"] = "megabytes",
        ["GBy"] = "gigabytes",
        ["%"] = "percent",
        ["Cel"] = "celsius",
        ["Hz"] = "hertz",
        ["m"] = "meters",
        ["V"] = "volts",
        ["A"] = "amperes",
        ["J"] = "joules",
        ["W"] = "watts",
        ["g"] = "grams",
    };

    public static string Of(string name, string? unit, FamilyType type)
    {
        var cleaned = Clean(name, allowColon: true);
        if (UnitWords(unit, type) is { } words && !cleaned.EndsWith(words, StringComparison.Ordinal)
            && !cleaned.EndsWith(words + "_total", StringComparison.Ordinal))
        {
            // The unit goes before the suffix: an instrument named x_total in seconds is x_seconds_total.
            cleaned = type == FamilyType.Counter && cleaned.EndsWith("_total", StringComparison.Ordinal)
                ? $"{cleaned[..^6]}_{words}"
                : $"{cleaned}_{words}";
        }

        return type == FamilyType.Counter && !cleaned.EndsWith("_total", StringComparison.Ordinal) ? cleaned + "_total" : cleaned;
    }

    public static string Label(string key) => Clean(key, allowColon: false);

    private static string? UnitWords(string? unit, FamilyType type)
    {
        if (string.IsNullOrWhiteSpace(unit))
        {
            return null;
        }

        // {request} annotates what is counted and is no unit.
        var bare = WithoutAnnotations(unit);
        if (bare.Length == 0)
        {
            return null;
        }

        if (bare == "1")
        {
            return type == FamilyType.Gauge ? "ratio" : null;
        }

        var slash = bare.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return Word(bare);
        }

        var per = bare[(slash + 1)..];
        return slash == 0 ? $"per_{Singular(per)}" : $"{Word(bare[..slash])}_per_{Singular(per)}";
    }

    private static string Word(string unit) => Units.GetValueOrDefault(unit) ?? Clean(unit, allowColon: false).Trim('_');

    private static string Singular(string unit) => Word(unit) is { Length: > 1 } word && word.EndsWith('s') ? word[..^1] : Word(unit);

    private static string WithoutAnnotations(string unit)
    {
        var text = new StringBuilder();
        var depth = 0;
        foreach (var c in unit)
        {
            depth += c == '{' ? 1 : 0;
            if (depth == 0)
            {
                text.Append(c);
            }

            depth -= c == '}' && depth > 0 ? 1 : 0;
        }

        return text.ToString().Trim().TrimEnd('/');
    }

    private static string Clean(string name, bool allowColon)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var valid = char.IsAsciiLetterOrDigit(c) || c == '_' || (allowColon && c == ':');
            if (text.Length == 0 && char.IsAsciiDigit(c))
            {
                text.Append('_');
            }

            // Runs of other characters become one underscore.
            if (valid || text.Length == 0 || text[^1] != '_')
            {
                text.Append(valid ? c : '_');
            }
        }

        return text.Length == 0 ? "_" : text.ToString();
    }
}
