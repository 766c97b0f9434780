using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Intents;

/// <summary>Owner references: what makes the garbage collector remove our objects with the ModelDeployments they serve.</summary>
internal static class Owners
{
    private const string ApiVersion = $"{ModelDeployment.Group}/{ModelDeployment.Version}";

    /// <summary>The one owner that manages an object of its own, such as a revision's Deployment.</summary>
    public static JsonArray Controller(ModelDeployment owner)
    {
        JsonObject reference = Reference(owner);
        reference["controller"] = true;
        reference["blockOwnerDeletion"] = true;
        return new JsonArray(reference);
    }

    /// <summary>
    /// Every ModelDeployment that shares an object, in an order that does not depend on the cache's, so that an unchanged
    /// set is an unchanged intent. One that is being deleted is left out: the object must not wait for it.
    /// </summary>
    public static JsonArray Shared(IEnumerable<ModelDeployment> owners)
    {
        var references = new JsonArray();
        foreach (ModelDeployment owner in owners
            .Where(owner => owner.Metadata.DeletionTimestamp is null)
            .DistinctBy(owner => owner.Metadata.Uid, StringComparer.Ordinal)
            .OrderBy(owner => owner.Metadata.Uid, StringComparer.Ordinal))
        {
            references.Add((JsonNode)Reference(owner));
        }

        return references;
    }

    /// <summary>
    /// Whether an object is a ModelDeployment's own, and not somebody else's of the same name. One that lost its owner reference is known
    /// by its labels, and one that lost its labels by its owner reference.
    /// </summary>
    public static bool Owns(ModelDeployment owner, KubernetesObject owned) =>
        owned.Metadata.OwnerReferences?.Exists(reference => reference.Uid == owner.Metadata.Uid) == true
        || (!HasManager(owned)
            && owned.Metadata.Labels?.GetValueOrDefault(Labels.ManagedBy) == Labels.Operator
            && owned.Metadata.Labels.GetValueOrDefault(Labels.Model) == owner.Metadata.Name);

    /// <summary>Whether some object, this operator's or another's, manages it.</summary>
    public static bool HasManager(KubernetesObject owned) =>
        owned.Metadata.OwnerReferences?.Exists(reference => reference.Controller == true) == true;

    /// <summary>Whether the operator made it. A label that was taken off makes it nobody else's.</summary>
    public static bool IsOurs(KubernetesObject there) =>
        there.Metadata.Labels?.GetValueOrDefault(Labels.ManagedBy) == Labels.Operator || HasModel(there);

    /// <summary>Whether any ModelDeployment is among its owners.</summary>
    private static bool HasModel(KubernetesObject owned) => owned.Metadata.OwnerReferences?.Exists(reference =>
        reference.Kind == ModelDeployment.KindName
        && reference.ApiVersion.StartsWith($"{ModelDeployment.Group}/", StringComparison.Ordinal)) == true;

    private static JsonObject Reference(ModelDeployment owner) => new()
    {
        ["apiVersion"] = ApiVersion,
        ["kind"] = ModelDeployment.KindName,
        ["name"] = owner.Metadata.Name,
        ["uid"] = owner.Metadata.Uid,
    };
}
