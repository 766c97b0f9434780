namespace ModelOperator.Kubernetes.Entities;

/// <summary>Names the custom resource a class stands for.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityAttribute : Attribute
{
    public required string Group { get; init; }
    public required string ApiVersion { get; init; }
    public required string Kind { get; init; }
    public required string PluralName { get; init; }
}

/// <summary>Shorter names that kubectl takes.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityShortNamesAttribute(params string[] shortNames) : Attribute
{
    public string[] ShortNames { get; } = shortNames;
}

/// <summary>Groups of resources it belongs to, such as <c>all</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityCategoriesAttribute(params string[] categories) : Attribute
{
    public string[] Categories { get; } = categories;
}

/// <summary>What the API server accepts as metadata.name.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ObjectNameAttribute(string pattern, int maxLength) : Attribute
{
    public string Pattern { get; } = pattern;
    public int MaxLength { get; } = maxLength;
}

/// <summary>The scale subresource: what <c>kubectl scale</c> and autoscalers read and write.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScaleSubresourceAttribute(string specReplicasPath, string statusReplicasPath, string? labelSelectorPath = null)
    : Attribute
{
    public string SpecReplicasPath { get; } = specReplicasPath;
    public string StatusReplicasPath { get; } = statusReplicasPath;
    public string? LabelSelectorPath { get; } = labelSelectorPath;
}

/// <summary>A column of <c>kubectl get</c>.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class GenericAdditionalPrinterColumnAttribute(string jsonPath, string name, string type) : Attribute
{
    public string JsonPath { get; } = jsonPath;
    public string Name { get; } = name;
    public string Type { get; } = type;
    public string? Description { get; init; }
    public PrinterColumnPriority Priority { get; init; }
}

/// <summary>When a column is shown.</summary>
public enum PrinterColumnPriority
{
    /// <summary>Always.</summary>
    StandardView,

    /// <summary>With <c>-o wide</c>.</summary>
    WideView,
}
