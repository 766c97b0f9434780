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
    public Type? Nested => (ItemType ?? Type) is { IsClass: true } type && type != typeof(string) && type != typeof(JsonObject) ? type : null;

    /// <summary>Whether it must be present.</summary>
    public bool Required => Has<RequiredAttribute>() is not null;

    /// <summary>Value the API server fills in, as JSON.</summary>
    public string? Default => Has<DefaultAttribute>()?.Json;

    /// <summary>Limits of a number.</summary>
    public RangeAttribute? Range => Has<RangeAttribute>();

    /// <summary>Limits of a length.</summary>
    public LengthAttribute? Length => Has<LengthAttribute>();

    /// <summary>Pattern of a string.</summary>
    public string? Pattern => Has<PatternAttribute>()?.Pattern;

    /// <summary>Keys of the entries of a list; null when the list is replaced as a whole.</summary>
    public string[]? MapKeys => Has<ListMapKeyAttribute>()?.Keys;

    /// <summary>Whether the list is replaced as a whole.</summary>
    public bool IsAtomic => Has<AtomicListAttribute>() is not null;

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
