using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Which owner references of an object count.</summary>
public enum OwnerMatch
{
    /// <summary>The one owner that manages the object (controller: true).</summary>
    Controller,

    /// <summary>Every owner.</summary>
    Any,
}

/// <summary>Finds the owners of an object by group and kind; the version of the reference may be any that was ever served.</summary>
internal sealed record OwnerKind(string Group, string Kind, bool Namespaced, OwnerMatch Match)
{
    public IEnumerable<EntityKey> OwnersOf(KubernetesObject owned) =>
        from reference in owned.Metadata.OwnerReferences ?? []
        where reference.Kind == Kind && GroupOf(reference.ApiVersion) == Group
        where Match == OwnerMatch.Any || reference.Controller == true
        select new EntityKey(Namespaced ? EntityKey.Of(owned).Namespace : null, reference.Name);

    private static string GroupOf(string apiVersion) =>
        apiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? apiVersion[..slash] : "";
}
