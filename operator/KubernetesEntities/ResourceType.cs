using System.Text.Json.Serialization.Metadata;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>Where objects of a type live in the API, and how they are read.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">API version, such as <c>v1</c>.</param>
/// <param name="Kind">Kind, such as <c>Pod</c>.</param>
/// <param name="Plural">Name in paths, such as <c>pods</c>.</param>
/// <param name="Namespaced">Whether objects live in a namespace.</param>
/// <param name="TypeInfo">Source-generated JSON metadata of the object.</param>
public sealed record ResourceType<T>(
    string Group, string Version, string Kind, string Plural, bool Namespaced, JsonTypeInfo<T> TypeInfo)
    where T : KubernetesObject
{
    /// <summary>The apiVersion field of its objects.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
}
