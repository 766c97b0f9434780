using System.Reflection;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Generate;

/// <summary>Makes the structural schema (OpenAPI v3, as CRDs use it) of API types.</summary>
public sealed class SchemaBuilder(XmlDocs docs, bool withRules)
{
    /// <summary>The schema of a class.</summary>
    public JsonObject Object(Type type, string description)
    {
        ArgumentNullException.ThrowIfNull(type);
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var field in FieldInfo.Of(type))
        {
            properties[field.Name] = Field(field);
            if (field.Required)
            {
                required.Add(field.Name);
            }
        }

        var schema = new JsonObject { ["description"] = description, ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        AddRules(schema, type.GetCustomAttributes<ValidationRuleAttribute>());
        return schema;
    }

    private JsonObject Field(FieldInfo field)
    {
        var description = docs.Of(field.Property);
        var schema = field.ItemType is not null ? List(field, description) : Single(field.Type, description, field);
        if (field.Default is { } value)
        {
            schema["default"] = JsonNode.Parse(value);
        }

        AddRules(schema, field.Rules);
        return schema;
    }

    private JsonObject List(FieldInfo field, string description)
    {
        var limits = field.Items ?? throw Unbounded(field, "[Items]");
        var items = field.ItemType!;
        var schema = new JsonObject
        {
            ["description"] = description,
            ["type"] = "array",
            ["maxItems"] = limits.MaxItems ?? throw Unbounded(field, "the most [Items]"),
            ["x-kubernetes-list-type"] = (field.ListType ?? throw Unbounded(field, "[XListType]")).ToString().ToLowerInvariant(),
            ["items"] = Single(items, items.IsClass ? docs.Of(items) : null, field: null),
        };
        if (HasDefault(schema["items"]!))
        {
            // kubectl would find the list changed at every apply, and server-side apply a conflict.
            throw new InvalidOperationException(
                $"{field.Property.DeclaringType}.{field.Property.Name} has entries with a default of the schema; "
                + "let the operator take absent for it");
        }

        if (limits.MinItems is { } fewest)
        {
            schema["minItems"] = fewest;
        }

        if (field.MapKeys is { } keys)
        {
            schema["x-kubernetes-list-map-keys"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key))]);
        }

        return schema;
    }

    private static bool HasDefault(JsonNode schema) => schema["default"] is not null
        || (schema["properties"] as JsonObject ?? []).Any(property => HasDefault(property.Value!))
        || (schema["items"] is { } items && HasDefault(items));

    private JsonObject Single(Type type, string? description, FieldInfo? field)
    {
        if (field is { IsOpaque: true })
        {
            return new JsonObject { ["description"] = description, ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        }

        if (type.IsClass && type != typeof(string))
        {
            return Object(type, description!);
        }

        var schema = new JsonObject();
        if (description is not null)
        {
            schema["description"] = description;
        }

        if (type.IsEnum)
        {
            schema["type"] = "string";
            schema["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(name))]);

            // Without it the API server reckons with megabytes when it estimates what a rule costs.
            schema["maxLength"] = Enum.GetNames(type).Max(name => name.Length);
        }
        else if (type == typeof(string))
        {
            AddString(schema, field);
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema["type"] = "string";
            schema["format"] = "date-time";
        }
        else if (type == typeof(bool))
        {
            schema["type"] = "boolean";
        }
        else if (type == typeof(int) || type == typeof(long))
        {
            AddInteger(schema, type, field);
        }
        else
        {
            throw new NotSupportedException(
                $"{type} of {field?.Property.DeclaringType}.{field?.Property.Name} has no place in the API: no floats, no maps");
        }

        return schema;
    }

    private static void AddString(JsonObject schema, FieldInfo? field)
    {
        var length = field?.Length ?? throw Unbounded(field, "[Length]");
        schema["type"] = "string";
        schema["maxLength"] = length.MaxLength ?? throw Unbounded(field, "the greatest [Length]");
        if (length.MinLength is { } shortest)
        {
            schema["minLength"] = shortest;
        }

        if (field.Pattern is { } pattern)
        {
            schema["pattern"] = pattern;
        }
    }

    private static void AddInteger(JsonObject schema, Type type, FieldInfo? field)
    {
        schema["type"] = "integer";
        schema["format"] = type == typeof(int) ? "int32" : "int64";
        if (field?.Minimum is { } minimum)
        {
            schema["minimum"] = minimum;
        }

        if (field?.Maximum is { } maximum)
        {
            schema["maximum"] = maximum;
        }
    }

    private void AddRules(JsonObject schema, IEnumerable<ValidationRuleAttribute> rules)
    {
        var written = new JsonArray([.. rules.Select(Rule)]);
        if (withRules && written.Count > 0)
        {
            schema["x-kubernetes-validations"] = written;
        }
    }

    private static JsonObject Rule(ValidationRuleAttribute rule)
    {
        var written = new JsonObject { ["rule"] = rule.Rule };
        foreach (var (name, value) in new[]
        {
            ("message", rule.Message),
            ("messageExpression", rule.MessageExpression), ("reason", rule.Reason), ("fieldPath", rule.FieldPath),
        })
        {
            if (value is not null)
            {
                written[name] = value;
            }
        }

        return written;
    }

    private static InvalidOperationException Unbounded(FieldInfo? field, string missing) =>
        new($"{field?.Property.DeclaringType}.{field?.Property.Name} needs {missing}: nothing in the API is unbounded");
}
