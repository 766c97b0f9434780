using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ModelOperator.Controller.Observe;

/// <summary>Which fields of a type a CRD's schema does not know. The API server drops these from whatever is written.</summary>
internal static class SchemaFields
{
    private const string PreserveUnknown = "x-kubernetes-preserve-unknown-fields";

    /// <param name="type">The type as it is written.</param>
    /// <param name="schema">The schema in the cluster; what is not an object is a schema without fields.</param>
    /// <param name="path">Path of the type, such as <c>spec</c>.</param>
    public static IEnumerable<string> Missing(JsonTypeInfo type, JsonElement schema, string path) => type.Kind switch
    {
        _ when schema.ValueKind == JsonValueKind.Object
            && schema.TryGetProperty(PreserveUnknown, out JsonElement keeps)
            && keeps.ValueKind == JsonValueKind.True => [],
        JsonTypeInfoKind.Object => type.Properties.SelectMany(property => Missing(type, property, schema, path)),
        JsonTypeInfoKind.Enumerable when type.ElementType is { } element =>
            Missing(type.Options.GetTypeInfo(element), Child(schema, "items"), $"{path}[]"),
        _ => [],
    };

    private static IEnumerable<string> Missing(JsonTypeInfo type, JsonPropertyInfo property, JsonElement schema, string path)
    {
        string field = $"{path}.{property.Name}";
        JsonElement known = Child(Child(schema, "properties"), property.Name);
        return known.ValueKind == JsonValueKind.Object ? Missing(type.Options.GetTypeInfo(property.PropertyType), known, field) : [field];
    }

    private static JsonElement Child(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement child) ? child : default;
}
