using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ModelOperator.Generate;

/// <summary>Writes JSON as block-style YAML; the same value always gives the same text.</summary>
public static partial class Yaml
{
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one document.</summary>
    public static string Write(JsonObject document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var text = new StringBuilder();
        WriteProperties(text, document, indent: 0);
        return text.ToString();
    }

    private static void WriteProperties(StringBuilder text, JsonObject properties, int indent)
    {
        foreach (var (name, value) in properties)
        {
            text.Append(' ', indent).Append(Scalar(name)).Append(':');
            WriteValue(text, value, indent);
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } properties:
                text.Append('\n');
                WriteProperties(text, properties, indent + 2);
                break;
            case JsonArray { Count: > 0 } items:
                text.Append('\n');
                foreach (var item in items)
                {
                    WriteItem(text, item, indent);
                }

                break;
            default:
                text.Append(' ').Append(Inline(value)).Append('\n');
                break;
        }
    }

    // The first property of an object in a list stands on the line of the dash.
    private static void WriteItem(StringBuilder text, JsonNode? item, int indent)
    {
        if (item is not JsonObject { Count: > 0 } properties)
        {
            text.Append(' ', indent).Append("- ").Append(Inline(item)).Append('\n');
            return;
        }

        var block = new StringBuilder();
        WriteProperties(block, properties, indent + 2);
        block[indent] = '-';
        text.Append(block);
    }

    private static string Inline(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject { Count: 0 } => "{}",
        JsonArray { Count: 0 } => "[]",
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String => Scalar(scalar.GetValue<string>()),
        JsonValue scalar => scalar.ToJsonString(),
        _ => throw new ArgumentException($"a {value.GetValueKind()} directly in a list is not written", nameof(value)),
    };

    private static string Scalar(string value) =>
        Plain().IsMatch(value) && !Reserved().IsMatch(value) ? value : JsonSerializer.Serialize(value, Quoting);

    [GeneratedRegex(@"\A[A-Za-z][-A-Za-z0-9_./]*\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();

    [GeneratedRegex(
        @"\A(y|n|yes|no|on|off|true|false|null)\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reserved();
}
