using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Tests.Client;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class MetadataDriftTests
{
    private static readonly JsonObject Intent = (JsonObject)JsonNode.Parse(
        """
        {
          "labels": {"app": "digits"},
          "annotations": {"hash": "1"},
          "ownerReferences": [{"name": "digits", "uid": "u", "controller": true}]
        }
        """)!;

    [Test]
    public void What_others_added_is_no_drift() => Assert.That(Of(metadata =>
    {
        metadata.Labels!["team"] = "vision";
        metadata.Annotations!["note"] = "x";
        metadata.OwnerReferences!.Insert(0, new OwnerReference { Uid = "other" });
    }), Is.Null);

    [Test]
    public void Each_thing_that_is_missing_or_different_is_named() => Assert.That(
        Of(metadata =>
        {
            metadata.Labels = null;
            metadata.Annotations!["hash"] = "2";
            metadata.OwnerReferences![0].Uid = "another";
        }),
        Is.EqualTo("label app was missing, annotation hash was \"2\" instead of \"1\", owner digits was missing"));

    [Test]
    public void An_owner_that_no_longer_manages_the_object_is_missing() =>
        Assert.That(Of(metadata => metadata.OwnerReferences![0].Controller = null), Is.EqualTo("owner digits was missing"));

    private static string? Of(Action<ObjectMeta> change)
    {
        var current = new ObjectMeta
        {
            Labels = new() { ["app"] = "digits" },
            Annotations = new() { ["hash"] = "1" },
            OwnerReferences = [new OwnerReference { Name = "digits", Uid = "u", Controller = true }],
        };
        change(current);
        return MetadataDrift.Of(current, Intent);
    }
}
