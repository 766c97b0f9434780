using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Generate;

/// <summary>A property of an API type, seen as a field of its JSON.</summary>
public sealed class FieldInfo
{
    private readonly PropertyInfo _property;

    private FieldInfo(PropertyInfo property)
    {
        _property = property;
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        ItemType = Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(List<>) ? Type.GetGenericArguments()[0] : null;
    }

    /// <summary>Name in JSON.</summary>
    public string Name => JsonNamingPolicy.CamelCase.ConvertName(_property.Name);

    /// <summary>The property itself.</summary>
    public PropertyInfo Property => _property;

    /// <summary>CLR type, never a nullable one.</summary>
    public Type Type { get; }

    /// <summary>Type of the entries of a list; null when it is none.</summary>
    public Type? ItemType { get; }

    /// <summary>The class with further fields this one holds, directly or in a list.</summary>
    public Type? Nested =>
        (ItemType ?? Type) is { IsClass: true } type && type != typeof(string) && type != typeof(JsonObject) ? type : null;

    /// <summary>Whether it must be present.</summary>
    public bool Required => Has<RequiredAttribute>() is not null;

    /// <summary>Value the API server fills in, as JSON.</summary>
    public string? Default => Has<DefaultValueAttribute>()?.Value switch
    {
        null => null,
        string text => $"\"{text}\"",
        var number => $"{number}",
    };

    /// <summary>Smallest number.</summary>
    public long? Minimum => Has<RangeMinimumAttribute>()?.Minimum;

    /// <summary>Largest number.</summary>
    public long? Maximum => Has<RangeMaximumAttribute>()?.Maximum;

    /// <summary>Limits of a string.</summary>
    public LengthAttribute? Length => Has<LengthAttribute>();

    /// <summary>Limits of a list.</summary>
    public ItemsAttribute? Items => Has<ItemsAttribute>();

    /// <summary>Pattern of a string.</summary>
    public string? Pattern => Has<PatternAttribute>()?.RegexPattern;

    /// <summary>How a list is merged.</summary>
    public XListType? ListType => Has<XListTypeAttribute>()?.ListType;

    /// <summary>Keys of the entries of a list; null when the list is replaced as a whole.</summary>
    public string[]? MapKeys => Has<XListMapKeysAttribute>()?.Keys;

    /// <summary>Whether it is a JSON object of another schema.</summary>
    public bool IsOpaque => Has<PreserveUnknownFieldsAttribute>() is not null;

    /// <summary>Rules on the field.</summary>
    public IEnumerable<ValidationRuleAttribute> Rules => _property.GetCustomAttributes<ValidationRuleAttribute>();

    /// <summary>The fields of a type, in the order they are declared in.</summary>
    public static IEnumerable<FieldInfo> Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .OrderBy(property => property.MetadataToken)
            .Select(property => new FieldInfo(property));
    }

    private T? Has<T>()
        where T : Attribute => _property.GetCustomAttribute<T>();
}
