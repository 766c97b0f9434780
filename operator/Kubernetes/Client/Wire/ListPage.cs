using System.Text.Json.Serialization;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Client.Wire;

/// <summary>A list, or one page of it.</summary>
internal sealed record ListPage<T>(List<T> Items, List<UnreadableObject> Unreadable, ListMeta Metadata)
    where T : KubernetesObject;

/// <summary>metav1.ListMeta.</summary>
internal sealed class ListMeta
{
    public string? ResourceVersion { get; set; }

    /// <summary>Asks for the next page; empty on the last.</summary>
    public string? Continue { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ListMeta))]
internal sealed partial class ListJsonContext : JsonSerializerContext;
