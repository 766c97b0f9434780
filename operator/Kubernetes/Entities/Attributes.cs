namespace ModelOperator.Kubernetes.Entities;

/// <summary>Names the custom resource a class stands for.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityAttribute : Attribute
{
    public required string Group { get; init; }
    public required string ApiVersion { get; init; }
    public required string Kind { get; init; }
    public required string PluralName { get; init; }
    public string[] ShortNames { get; init; } = [];
    public string[] Categories { get; init; } = [];
}

/// <summary>A CEL rule (x-kubernetes-validations) on a type or property; left out on servers older than 1.25.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class ValidationRuleAttribute(string rule) : Attribute
{
    public string Rule { get; } = rule;

    /// <summary>What is wrong and what would be right.</summary>
    public string? Message { get; init; }

    /// <summary>CEL expression that makes the message; may show the value.</summary>
    public string? MessageExpression { get; init; }

    public string? Reason { get; init; }
    public string? FieldPath { get; init; }
}

/// <summary>A column of <c>kubectl get</c>.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class AdditionalPrinterColumnAttribute(string name, string jsonPath, string type = "string") : Attribute
{
    public string Name { get; } = name;
    public string JsonPath { get; } = jsonPath;
    public string Type { get; } = type;

    /// <summary>0 is always shown; higher only with <c>-o wide</c>.</summary>
    public int Priority { get; init; }

    public string? Description { get; init; }
}

/// <summary>The scale subresource: what <c>kubectl scale</c> and autoscalers read and write.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScaleSubresourceAttribute : Attribute
{
    public required string SpecReplicasPath { get; init; }
    public required string StatusReplicasPath { get; init; }
    public string? LabelSelectorPath { get; init; }
}

/// <summary>What the API server accepts as metadata.name.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ObjectNameAttribute(string pattern, int maximumLength) : Attribute
{
    public string Pattern { get; } = pattern;
    public int MaximumLength { get; } = maximumLength;
}

/// <summary>Smallest and largest number allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute : Attribute
{
    public long Minimum { get; init; } = long.MinValue;
    public long Maximum { get; init; } = long.MaxValue;
}

/// <summary>Shortest and longest string, list or map allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LengthAttribute : Attribute
{
    public int Minimum { get; init; }
    public int Maximum { get; init; } = int.MaxValue;
}

/// <summary>Regular expression (RE2) a string must match.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute(string pattern) : Attribute
{
    public string Pattern { get; } = pattern;
}

/// <summary>The property must be present.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;

/// <summary>The value the API server fills in when the property is absent, as JSON.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultAttribute(string json) : Attribute
{
    public string Json { get; } = json;
}

/// <summary>A list whose entries are identified by these keys (x-kubernetes-list-type: map).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapKeyAttribute(params string[] keys) : Attribute
{
    public string[] Keys { get; } = keys;
}

/// <summary>A list that is replaced as a whole (x-kubernetes-list-type: atomic).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AtomicListAttribute : Attribute;

/// <summary>A JSON object of another schema, kept as it is (x-kubernetes-preserve-unknown-fields).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PreserveUnknownFieldsAttribute : Attribute;
