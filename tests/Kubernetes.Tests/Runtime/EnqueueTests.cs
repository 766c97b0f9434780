using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

public sealed class EnqueueTests
{
    [Test]
    public async Task An_object_that_changes_hands_is_news_for_both_owners()
    {
        await using var queue = new WorkQueue<EntityKey>(new ManualTimeProvider());
        var handler = new EnqueueMapped<KubernetesObject>(queue, changed => [new EntityKey("ns", changed.Metadata.Labels!["owner"])]);

        handler.Updated(New("child", "before"), New("child", "after"));

        Assert.That((await queue.TakeAsync(CancellationToken.None)).Key.Name, Is.EqualTo("before"));
        Assert.That((await queue.TakeAsync(CancellationToken.None)).Key.Name, Is.EqualTo("after"));
    }

    [TestCase(ReconcileStrategy.ByResourceVersion, "status", true)]
    [TestCase(ReconcileStrategy.ByGeneration, "status", false)]
    [TestCase(ReconcileStrategy.ByGeneration, "generation", true)]
    public async Task Only_the_wanted_changes_are_news(ReconcileStrategy wanted, string changed, bool expected)
    {
        await using var queue = new WorkQueue<EntityKey>(new ManualTimeProvider());
        var old = New("child");
        var current = New("child");
        old.Metadata.Generation = 1;
        current.Metadata.Generation = changed == "generation" ? 2 : 1;

        new EnqueueSelf<KubernetesObject>(queue, wanted).Updated(old, current);

        Assert.That(queue.Depth, Is.EqualTo(expected ? 1 : 0));
    }

    [Test]
    public async Task An_entity_that_goes_is_news_whatever_changes_are_wanted()
    {
        await using var queue = new WorkQueue<EntityKey>(new ManualTimeProvider());

        new EnqueueSelf<KubernetesObject>(queue, ReconcileStrategy.ByGeneration).Deleted(New("child"));

        Assert.That(queue.Depth, Is.EqualTo(1));
    }

    private static KubernetesObject New(string name, string? owner = null) => new()
    {
        Metadata = { Namespace = "ns", Name = name, Labels = owner is null ? null : new() { ["owner"] = owner } },
    };
}
