using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ModelOperator.Cli.Manifests;

/// <summary>
/// Holds a value against a structural schema of a CRD, as an API server does: types, unknown and missing fields, ranges, lengths, enums,
/// patterns.
/// </summary>
internal static class SchemaCheck
{
    private const int LongestShown = 80;
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    /// <summary>What is wrong, each with the field, the value and what would be right; empty when all is well.</summary>
    public static IEnumerable<string> Errors(JsonObject schema, JsonNode? value, string path = "")
    {
        string wanted = (string?)schema["type"] ?? "object";
        if (!HasType(value, wanted))
        {
            return [$"{path}: {Show(value)} is no {wanted}"];
        }

        return value switch
        {
            JsonObject properties => Object(schema, properties, path),
            JsonArray items => Array(schema, items, path),
            _ => Single(schema, value!, path),
        };
    }

    private static IEnumerable<string> Object(JsonObject schema, JsonObject value, string path)
    {
        var known = schema["properties"] as JsonObject ?? [];
        bool isOpen = (bool?)schema["x-kubernetes-preserve-unknown-fields"] == true || known.Count == 0;
        foreach (string name in (schema["required"] as JsonArray ?? []).Select(name => (string)name!).Where(name => value[name] is null))
        {
            yield return $"{Join(path, name)}: is missing";
        }

        foreach (var (name, child) in value)
        {
            if (known[name] is JsonObject field)
            {
                // A null is a field that is absent.
                foreach (string error in child is null ? [] : Errors(field, child, Join(path, name)))
                {
                    yield return error;
                }
            }
            else if (!isOpen)
            {
                yield return $"{Join(path, name)}: there is no such field; want {string.Join(", ", known.Select(field => field.Key))}";
            }
        }
    }

    private static IEnumerable<string> Array(JsonObject schema, JsonArray value, string path)
    {
        if (value.Count < ((long?)schema["minItems"] ?? 0) || value.Count > ((long?)schema["maxItems"] ?? long.MaxValue))
        {
            yield return $"{path}: has {value.Count} entries; want {(long?)schema["minItems"] ?? 0} to {(long?)schema["maxItems"]}";
        }

        for (int i = 0; i < value.Count; i++)
        {
            foreach (string error in Errors((JsonObject)schema["items"]!, value[i], $"{path}[{i}]"))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<string> Single(JsonObject schema, JsonNode value, string path)
    {
        if (value.GetValueKind() == JsonValueKind.Number)
        {
            long number = (long)value;
            long least = (long?)schema["minimum"] ?? long.MinValue;
            long most = (long?)schema["maximum"] ?? long.MaxValue;
            if (number < least || number > most)
            {
                yield return $"{path}: {number} is out of range; want {(least, most) switch
                {
                    (_, long.MaxValue) => $"{least} or more",
                    (long.MinValue, _) => $"{most} or less",
                    _ => $"{least} to {most}",
                }}";
            }

            yield break;
        }

        if (value.GetValueKind() != JsonValueKind.String)
        {
            yield break;
        }

        string text = (string)value!;
        if (schema["enum"] is JsonArray words && !words.Any(word => (string)word! == text))
        {
            yield return $"{path}: {Show(value)} is not known; want {string.Join(", ", words.Select(word => (string)word!))}";
        }
        else if (text.Length < ((long?)schema["minLength"] ?? 0) || text.Length > ((long?)schema["maxLength"] ?? long.MaxValue))
        {
            yield return $"{path}: has {text.Length} characters; want {(long?)schema["minLength"] ?? 0} to {(long?)schema["maxLength"]}";
        }
        else if ((string?)schema["pattern"] is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, PatternTimeout))
        {
            yield return $"{path}: {Show(value)} has the wrong form; want {pattern}";
        }
    }

    private static bool HasType(JsonNode? value, string wanted) => (value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        JsonValueKind.Object => wanted == "object",
        JsonValueKind.Array => wanted == "array",
        JsonValueKind.String => wanted == "string",
        JsonValueKind.True or JsonValueKind.False => wanted == "boolean",
        JsonValueKind.Number => wanted == "integer" && value!.AsValue().TryGetValue(out long _),
        _ => false,
    };

    private static string Show(JsonNode? value)
    {
        string text = value?.ToJsonString() ?? "null";
        return text.Length <= LongestShown ? text : $"{text[..LongestShown]}...";
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
