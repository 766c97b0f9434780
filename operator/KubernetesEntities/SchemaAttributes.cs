namespace ModelOperator.Kubernetes.Entities;

/// <summary>A CEL rule (x-kubernetes-validations) on a type or property; left out on servers older than 1.25.</summary>
/// <param name="rule">The expression that must hold.</param>
/// <param name="fieldPath">The field the refusal names, relative to where the rule stands.</param>
/// <param name="message">What is wrong and what would be right.</param>
/// <param name="messageExpression">CEL expression that makes the message; may show the value.</param>
/// <param name="reason">CamelCase word a program can act on.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class ValidationRuleAttribute(
    string rule, string? fieldPath = null, string? message = null, string? messageExpression = null, string? reason = null) : Attribute
{
    public string Rule { get; } = rule;
    public string? FieldPath { get; } = fieldPath;
    public string? Message { get; } = message;
    public string? MessageExpression { get; } = messageExpression;
    public string? Reason { get; } = reason;
}

/// <summary>The property must be present.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;

/// <summary>Regular expression (RE2) a string must match.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute(string regexPattern) : Attribute
{
    public string RegexPattern { get; } = regexPattern;
}

/// <summary>Shortest and longest string allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LengthAttribute(long minLength = -1, long maxLength = -1) : Attribute
{
    public long? MinLength => minLength < 0 ? null : minLength;
    public long? MaxLength => maxLength < 0 ? null : maxLength;
}

/// <summary>Fewest and most entries of a list allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemsAttribute(long minItems = -1, long maxItems = -1) : Attribute
{
    public long? MinItems => minItems < 0 ? null : minItems;
    public long? MaxItems => maxItems < 0 ? null : maxItems;
}

/// <summary>Smallest number allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeMinimumAttribute(long minimum) : Attribute
{
    public long Minimum { get; } = minimum;
}

/// <summary>Largest number allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeMaximumAttribute(long maximum) : Attribute
{
    public long Maximum { get; } = maximum;
}

/// <summary>The value the API server fills in when the property is absent.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultValueAttribute : Attribute
{
    public DefaultValueAttribute(long value) => Value = value;

    public DefaultValueAttribute(string value) => Value = value;

    public object Value { get; }
}

/// <summary>How a list is merged (x-kubernetes-list-type).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class XListTypeAttribute(XListType listType) : Attribute
{
    public XListType ListType { get; } = listType;
}

/// <summary>Whether a list is replaced as a whole or entry by entry.</summary>
public enum XListType
{
    /// <summary>As a whole.</summary>
    Atomic,

    /// <summary>Entries are identified by keys.</summary>
    Map,
}

/// <summary>The keys that identify the entries of a list (x-kubernetes-list-map-keys).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class XListMapKeysAttribute(params string[] keys) : Attribute
{
    public string[] Keys { get; } = keys;
}

/// <summary>A JSON object of another schema, kept as it is (x-kubernetes-preserve-unknown-fields).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PreserveUnknownFieldsAttribute : Attribute;
