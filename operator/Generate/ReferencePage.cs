using System.Globalization;
using System.Reflection;
using System.Text;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Generate;

/// <summary>Makes the reference page of an entity: every field with its type, limits and default.</summary>
public static class ReferencePage
{
    /// <summary>Writes the page as Markdown.</summary>
    public static string Write(Type entity, XmlDocs docs)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(docs);
        var names = entity.GetCustomAttribute<KubernetesEntityAttribute>()!;
        var shortName = entity.GetCustomAttribute<KubernetesEntityShortNamesAttribute>()!.ShortNames[0];
        var page = new StringBuilder()
            .Append("<!-- Generated from operator/Api by `make generate`; change it there. -->\n")
            .Append(CultureInfo.InvariantCulture, $"# {names.Kind}\n\n{docs.Of(entity)}\n\n")
            .Append(CultureInfo.InvariantCulture, $"`apiVersion: {names.Group}/{names.ApiVersion}`, `kind: {names.Kind}`, ")
            .Append(CultureInfo.InvariantCulture, $"short name `{shortName}`. The same text: `kubectl explain {shortName}.spec`.\n");
        if (entity.GetCustomAttribute<ObjectNameAttribute>() is { } name)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"\n`metadata.name`: at most {name.MaxLength} characters, matching {Code(name.Pattern)}.\n");
        }

        Section(page, docs, "spec", entity.GetProperty("Spec")!.PropertyType);
        Section(page, docs, "status", entity.GetProperty("Status")!.PropertyType);
        Constants(page, docs, "Condition types", typeof(ConditionTypes));
        Constants(page, docs, "Reasons", typeof(Reasons));
        return page.ToString();
    }

    private static void Section(StringBuilder page, XmlDocs docs, string path, Type type)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {path}\n\n{docs.Of(type)}\n\n");
        foreach (var rule in type.GetCustomAttributes<ValidationRuleAttribute>())
        {
            page.Append(CultureInfo.InvariantCulture, $"Rule: {rule.Message}.\n\n");
        }

        page.Append("| field | type | limits | default | meaning |\n|---|---|---|---|---|\n");
        var fields = FieldInfo.Of(type).ToList();
        foreach (var field in fields)
        {
            var fallback = field.Required ? "required" : field.Default is { } value ? Code(value.Trim('"')) : "";
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{field.Name}` | {TypeName(field)} | {Limits(field)} | {fallback} | {Cell(Meaning(docs, field))} |\n");
        }

        foreach (var field in fields.Where(field => field.Nested is not null))
        {
            Section(page, docs, $"{path}.{field.Name}{(field.ItemType is null ? "" : "[]")}", field.Nested!);
        }
    }

    private static void Constants(StringBuilder page, XmlDocs docs, string title, Type type)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| value | meaning |\n|---|---|\n");
        foreach (var constant in type.GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(field => field.MetadataToken))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{constant.GetRawConstantValue()}` | {Cell(docs.Of(constant))} |\n");
        }
    }

    private static string Meaning(XmlDocs docs, FieldInfo field)
    {
        var summary = docs.Of(field.Property);
        if ((field.ItemType ?? field.Type) is not { IsEnum: true } type)
        {
            return summary;
        }

        var members = type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(member => $"<br>`{member.Name}`: {docs.Of(member)}");
        return summary + string.Concat(members);
    }

    private static string TypeName(FieldInfo field)
    {
        var type = field.ItemType ?? field.Type;
        var name = type switch
        {
            { IsEnum: true } => "enum",
            _ when type == typeof(string) => "string",
            _ when type == typeof(DateTimeOffset) => "time",
            _ when type == typeof(int) || type == typeof(long) => "integer",
            _ => "object",
        };
        return field.ItemType is null ? name : $"list of {name}" + (field.MapKeys is { } keys ? $", key `{string.Join(", ", keys)}`" : "");
    }

    private static string Limits(FieldInfo field)
    {
        var limits = new List<string>();
        if (field.Minimum is { } minimum)
        {
            limits.Add(field.Maximum is { } maximum ? $"{minimum} to {maximum}" : $"at least {minimum}");
        }

        if (field.Length is { } length)
        {
            limits.Add($"{UpTo(length.MinLength, length.MaxLength)} characters");
        }

        if (field.Items is { } items)
        {
            limits.Add($"{UpTo(items.MinItems, items.MaxItems)} entries");
        }

        if (field.Pattern is { } pattern)
        {
            limits.Add(Code(pattern));
        }

        return string.Join(", ", limits);
    }

    private static string UpTo(long? least, long? most) => least is null ? $"at most {most}" : $"{least} to {most}";

    private static string Code(string text) => $"`{Cell(text)}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
