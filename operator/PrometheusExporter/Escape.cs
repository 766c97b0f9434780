namespace ModelOperator.PrometheusExporter;

/// <summary>Escaping of the text format: a line feed or quote in a value must not end the line or the label.</summary>
internal static class Escape
{
    public static string Help(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    public static string LabelValue(string text) =>
        Help(text).Replace("\"", "\\\"", StringComparison.Ordinal);
}
