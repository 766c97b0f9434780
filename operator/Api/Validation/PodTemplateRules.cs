using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOperator.Api.Validation;

/// <summary>
/// Rules of spec.runtime.podTemplate: what would take away something the operator or the routers rest on. The rest of a pod's rules are the
/// API server's, which checks the merged template when the Deployment is written.
/// </summary>
internal static class PodTemplateRules
{
    private const string Root = "spec.runtime.podTemplate";
    private const int LargestBytes = 64 * 1024;
    private static readonly string[] Protected = ["containers", "initContainers", "volumes"];

    public static IEnumerable<FieldError> Check(JsonObject? template)
    {
        if (template is null)
        {
            return [];
        }

        var bytes = Encoding.UTF8.GetByteCount(template.ToJsonString());
        if (bytes > LargestBytes)
        {
            return
            [
                FieldError.Of(Root, $"{bytes} bytes", $"is larger than {LargestBytes} bytes; put large data into a ConfigMap and mount it"),
            ];
        }

        return
        [
            .. OnlyKeys(Root, template, "metadata", "spec"),
            .. Object(Root, template, "metadata", Metadata),
            .. Object(Root, template, "spec", Spec),
        ];
    }

    /// <summary>Rules of the metadata of any pod template.</summary>
    public static IEnumerable<FieldError> Metadata(string path, JsonObject metadata) =>
    [
        .. OnlyKeys(path, metadata, "labels", "annotations"),
        .. Object(path, metadata, "labels", Labelling),
        .. Object(path, metadata, "annotations", Strings),
    ];

    private static IEnumerable<FieldError> Labelling(string path, JsonObject labels) =>
    [
        .. labels.Where(label => Labels.Reserved.Contains(label.Key)).Select(label => FieldError.Of(
            $"{path}[{label.Key}]", label.Value?.ToJsonString(), "is reserved: the operator finds its pods by it; choose another key")),
        .. Strings(path, labels),
    ];

    private static IEnumerable<FieldError> Strings(string path, JsonObject map) => map
        .Where(entry => entry.Value?.GetValueKind() != JsonValueKind.String)
        .Select(entry => FieldError.Of($"{path}[{entry.Key}]", entry.Value?.ToJsonString(), "want a string; quote it"));

    private static IEnumerable<FieldError> Spec(string path, JsonObject spec)
    {
        foreach (var field in Protected.Where(spec.ContainsKey))
        {
            if (spec[field] is not JsonArray entries)
            {
                yield return FieldError.Of(
                    $"{path}.{field}", spec[field]?.ToJsonString(),
                    "want a list, which is merged by name into the operator's; it cannot be removed");
                continue;
            }

            foreach (var error in Entries($"{path}.{field}", entries))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<FieldError> Entries(string path, JsonArray entries)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            var name = (entries[i] as JsonObject)?["name"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
            if (name.Length == 0)
            {
                yield return FieldError.Of(
                    $"{path}[{i}]", entries[i]?.ToJsonString(), "want an object with a name; entries are merged by name");
            }
            else if (!names.Add(name))
            {
                yield return FieldError.Text($"{path}[{i}].name", name, "is listed twice; names must be unique");
            }
        }
    }

    /// <summary>Refuses other keys than these.</summary>
    public static IEnumerable<FieldError> OnlyKeys(string path, JsonObject parent, params string[] allowed) => parent
        .Where(property => !allowed.Contains(property.Key))
        .Select(property => FieldError.Of(
            $"{path}.{property.Key}", property.Value?.ToJsonString(),
            $"is not a field here; only {string.Join(" and ", allowed)} are allowed"));

    /// <summary>Checks a part when it is there.</summary>
    public static IEnumerable<FieldError> Object(
        string path, JsonObject parent, string name, Func<string, JsonObject, IEnumerable<FieldError>> check)
    {
        if (!parent.TryGetPropertyValue(name, out var value))
        {
            return [];
        }

        var field = $"{path}.{name}";
        return value is JsonObject child ? check(field, child) : [FieldError.Of(field, value?.ToJsonString(), "want an object")];
    }
}
