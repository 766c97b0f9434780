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

    /// <summary>Whether an object is a ModelDeployment's own, and not somebody else's of the same name.</summary>
    public static bool Owns(ModelDeployment owner, KubernetesObject owned) =>
        owned.Metadata.OwnerReferences?.Exists(reference => reference.Uid == owner.Metadata.Uid) == true;

    /// <summary>Whether an object has all the owners an intent gives it; an object that lost one would be collected too early or never.</summary>
    public static bool AreOn(KubernetesObject current, JsonObject intent) =>
        intent["metadata"]!["ownerReferences"]!.AsArray()
            .All(wanted => current.Metadata.OwnerReferences?.Exists(owner => owner.Uid == (string?)wanted!["uid"]) == true);

    private static JsonObject Reference(ModelDeployment owner) => new()
    {
        ["apiVersion"] = ApiVersion,
        ["kind"] = ModelDeployment.KindName,
        ["name"] = owner.Metadata.Name,
        ["uid"] = owner.Metadata.Uid,
    };
}
