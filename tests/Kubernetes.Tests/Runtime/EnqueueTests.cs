using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

public sealed class EnqueueTests
{
    private static readonly OwnerKind Owner = new("apps", "Deployment", Namespaced: true, OwnerMatch.Controller);

    [Test]
    public void The_owner_is_found_by_group_and_kind_whatever_the_version_of_the_reference()
    {
        var owned = Owned(Reference("apps/v1beta9", "Deployment", "mine"));

        Assert.That(Owner.OwnersOf(owned), Is.EqualTo(new[] { new EntityKey("ns", "mine") }));
    }

    [TestCase("batch/v1", "Deployment")]
    [TestCase("v1", "Deployment")]
    [TestCase("apps/v1", "ReplicaSet")]
    public void A_reference_to_another_kind_is_no_owner(string apiVersion, string kind) =>
        Assert.That(Owner.OwnersOf(Owned(Reference(apiVersion, kind, "other"))), Is.Empty);

    [Test]
    public void An_owner_that_does_not_manage_the_object_counts_only_when_asked_for()
    {
        var owned = Owned(Reference("apps/v1", "Deployment", "a", controller: null), Reference("apps/v1", "Deployment", "b"));

        Assert.That(Owner.OwnersOf(owned).Select(k => k.Name), Is.EqualTo(new[] { "b" }));
        Assert.That((Owner with { Match = OwnerMatch.Any }).OwnersOf(owned).Select(k => k.Name), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void The_key_of_a_cluster_scoped_owner_has_no_namespace() =>
        Assert.That(
            (Owner with { Namespaced = false }).OwnersOf(Owned(Reference("apps/v1", "Deployment", "a"))),
            Is.EqualTo(new[] { new EntityKey(null, "a") }));

    [Test]
    public async Task An_object_that_changes_hands_is_news_for_both_owners()
    {
        await using var queue = new WorkQueue<EntityKey>(new ManualTimeProvider());
        var handler = new EnqueueMapped<KubernetesObject>(queue, Owner.OwnersOf);

        handler.Updated(Owned(Reference("apps/v1", "Deployment", "before")), Owned(Reference("apps/v1", "Deployment", "after")));

        Assert.That((await queue.TakeAsync(CancellationToken.None)).Key.Name, Is.EqualTo("before"));
        Assert.That((await queue.TakeAsync(CancellationToken.None)).Key.Name, Is.EqualTo("after"));
    }

    [TestCase(EntityChanges.Any, "status", true)]
    [TestCase(EntityChanges.Generation, "status", false)]
    [TestCase(EntityChanges.Generation, "generation", true)]
    [TestCase(EntityChanges.Generation, "labels", false)]
    [TestCase(EntityChanges.Labels, "labels", true)]
    [TestCase(EntityChanges.Annotations, "labels", false)]
    [TestCase(EntityChanges.Generation | EntityChanges.Annotations, "annotations", true)]
    [TestCase(EntityChanges.Generation | EntityChanges.Annotations, "labels", false)]
    public async Task Only_the_wanted_changes_are_news(EntityChanges wanted, string changed, bool expected)
    {
        await using var queue = new WorkQueue<EntityKey>(new ManualTimeProvider());
        var old = Owned();
        var current = Owned();
        old.Metadata.Generation = 1;
        current.Metadata.Generation = changed == "generation" ? 2 : 1;
        old.Metadata.Labels = new() { ["a"] = "1" };
        current.Metadata.Labels = changed == "labels" ? new() { ["a"] = "2" } : new() { ["a"] = "1" };
        current.Metadata.Annotations = changed == "annotations" ? new() { ["a"] = "1" } : null;

        new EnqueueSelf<KubernetesObject>(queue, wanted).Updated(old, current);

        Assert.That(queue.Depth, Is.EqualTo(expected ? 1 : 0));
    }

    [Test]
    public async Task An_entity_that_goes_is_news_whatever_changes_are_wanted()
    {
        await using var queue = new WorkQueue<EntityKey>(new ManualTimeProvider());

        new EnqueueSelf<KubernetesObject>(queue, EntityChanges.Generation).Deleted(Owned());

        Assert.That(queue.Depth, Is.EqualTo(1));
    }

    private static KubernetesObject Owned(params List<OwnerReference> owners) =>
        new() { Metadata = { Namespace = "ns", Name = "child", OwnerReferences = owners } };

    private static OwnerReference Reference(string apiVersion, string kind, string name, bool? controller = true) =>
        new() { ApiVersion = apiVersion, Kind = kind, Name = name, Uid = "u", Controller = controller };
}
