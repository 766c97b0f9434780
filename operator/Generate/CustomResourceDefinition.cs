using System.Reflection;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Generate;

/// <summary>Makes the CustomResourceDefinition (apiextensions.k8s.io/v1) of an entity.</summary>
public static class CustomResourceDefinition
{
    /// <summary>Reads everything from the attributes and documentation of the entity and its spec and status.</summary>
    public static JsonObject Of(Type entity, XmlDocs docs, bool withRules)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(docs);
        var names = entity.GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new ArgumentException($"{entity} has no [KubernetesEntity]", nameof(entity));
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{names.PluralName}.{names.Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = names.Group,
                ["names"] = new JsonObject
                {
                    ["categories"] = Strings(entity.GetCustomAttribute<KubernetesEntityCategoriesAttribute>()?.Categories ?? []),
                    ["kind"] = names.Kind,
                    ["listKind"] = $"{names.Kind}List",
                    ["plural"] = names.PluralName,
                    ["shortNames"] = Strings(entity.GetCustomAttribute<KubernetesEntityShortNamesAttribute>()?.ShortNames ?? []),
                    ["singular"] = names.Kind.ToLowerInvariant(),
                },
                ["scope"] = "Namespaced",
                ["versions"] = new JsonArray(Version(entity, names, docs, withRules)),
            },
        };
    }

    private static JsonObject Version(Type entity, KubernetesEntityAttribute names, XmlDocs docs, bool withRules) => new()
    {
        ["name"] = names.ApiVersion,
        ["served"] = true,
        ["storage"] = true,
        ["additionalPrinterColumns"] =
            new JsonArray([.. entity.GetCustomAttributes<GenericAdditionalPrinterColumnAttribute>().Select(Column)]),
        ["schema"] = new JsonObject { ["openAPIV3Schema"] = Schema(entity, docs, withRules) },
        ["subresources"] = Subresources(entity),
    };

    private static JsonObject Schema(Type entity, XmlDocs docs, bool withRules)
    {
        var builder = new SchemaBuilder(docs, withRules);
        var spec = entity.GetProperty("Spec")!;
        var status = entity.GetProperty("Status")!;
        var name = entity.GetCustomAttribute<ObjectNameAttribute>()
            ?? throw new ArgumentException($"{entity} has no [ObjectName]", nameof(entity));
        return new JsonObject
        {
            ["description"] = docs.Of(entity),
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["description"] = "Group and version of this representation.", ["type"] = "string" },
                ["kind"] = new JsonObject { ["description"] = "Type of the object.", ["type"] = "string" },
                ["metadata"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["name"] = new JsonObject { ["type"] = "string", ["maxLength"] = name.MaxLength, ["pattern"] = name.Pattern },
                    },
                },
                ["spec"] = builder.Object(spec.PropertyType, docs.Of(spec.PropertyType)),
                ["status"] = builder.Object(status.PropertyType, docs.Of(status.PropertyType)),
            },
            ["required"] = new JsonArray("spec"),
        };
    }

    private static JsonObject Subresources(Type entity)
    {
        var subresources = new JsonObject { ["status"] = new JsonObject() };
        if (entity.GetCustomAttribute<ScaleSubresourceAttribute>() is { } scale)
        {
            subresources["scale"] = new JsonObject
            {
                ["specReplicasPath"] = scale.SpecReplicasPath,
                ["statusReplicasPath"] = scale.StatusReplicasPath,
                ["labelSelectorPath"] = scale.LabelSelectorPath,
            };
        }

        return subresources;
    }

    private static JsonObject Column(GenericAdditionalPrinterColumnAttribute column)
    {
        var written = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.JsonPath };
        if (column.Priority != PrinterColumnPriority.StandardView)
        {
            written["priority"] = (int)column.Priority;
        }

        if (column.Description is { } description)
        {
            written["description"] = description;
        }

        return written;
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
