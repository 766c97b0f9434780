using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Which changes of an entity call for a reconcile; an entity that appears or goes always does.</summary>
[Flags]
public enum EntityChanges
{
    /// <summary>Every update, also of the status.</summary>
    Any = 0,

    /// <summary>metadata.generation: the spec, or the object began to be deleted.</summary>
    Generation = 1,

    Labels = 2,

    Annotations = 4,
}

internal static class EntityChangesExtensions
{
    public static bool Include(this EntityChanges wanted, KubernetesObject old, KubernetesObject current) =>
        wanted == EntityChanges.Any
        || (wanted.HasFlag(EntityChanges.Generation) && old.Metadata.Generation != current.Metadata.Generation)
        || (wanted.HasFlag(EntityChanges.Labels) && !Same(old.Metadata.Labels, current.Metadata.Labels))
        || (wanted.HasFlag(EntityChanges.Annotations) && !Same(old.Metadata.Annotations, current.Metadata.Annotations));

    private static bool Same(Dictionary<string, string>? a, Dictionary<string, string>? b) =>
        (a?.Count ?? 0) == (b?.Count ?? 0)
        && (a is null || a.All(pair => b!.TryGetValue(pair.Key, out var value) && value == pair.Value));
}
