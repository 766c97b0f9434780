using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using static ModelOperator.Kubernetes.Tests.Cache.Maps;

namespace ModelOperator.Kubernetes.Tests.Cache;

[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EntityCacheTests
{
    private readonly EntityCache<ConfigMap> _cache = new(NullLogger<EntityCache<ConfigMap>>.Instance);
    private readonly RecordingHandler _handler = new();

    [Test]
    public void An_update_with_another_uid_is_a_deletion_and_a_new_object()
    {
        _cache.AddHandler(_handler);
        _cache.Apply(Added("a", "1", "first"));
        _cache.Apply(Modified("a", "2", "second"));

        Assert.That(_handler.Heard, Is.EqualTo(new[] { "+a1", "-a1", "+a2" }));
    }

    [Test]
    public void A_version_seen_before_is_no_news()
    {
        _cache.AddHandler(_handler);
        _cache.Apply(Added("a", "1"));
        _cache.Apply(Modified("a", "1"));
        _cache.Apply(Deleted("never seen", "2"));

        Assert.That(_handler.Heard, Is.EqualTo(new[] { "+a1" }));
    }

    [Test]
    public void A_handler_that_fails_costs_neither_the_others_nor_the_cache_their_news()
    {
        _cache.AddHandler(new FailingHandler());
        _cache.AddHandler(_handler);
        _cache.Replace(new KubernetesList<ConfigMap>([Map("a", "1")], "1"));
        _cache.Apply(Modified("a", "2"));
        _cache.Apply(Deleted("a", "3"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(_handler.Heard, Is.EqualTo(new[] { "+a1", "~a1>a2", "-a3" }));
            Assert.That(_cache.HasSynced, Is.True);
            Assert.That(_cache.List(), Is.Empty);
        }
    }

    [Test]
    public void A_handler_that_comes_late_hears_of_what_is_there()
    {
        _cache.Replace(new KubernetesList<ConfigMap>([Map("a", "1"), Map("b", "2")], "2"));

        _cache.AddHandler(_handler);

        Assert.That(_handler.Heard, Is.EquivalentTo(new[] { "+a1", "+b2" }));
    }

    [Test]
    public void A_handler_finds_in_the_cache_what_it_is_told_of()
    {
        ConfigMap? found = null;
        _cache.AddHandler(new LookingHandler(e => found = _cache.Get("n", e.Metadata.Name)));

        _cache.Apply(Added("a", "1"));

        Assert.That(found?.Metadata.Name, Is.EqualTo("a"));
    }

    [Test]
    public void Owned_objects_are_found_by_each_of_their_owners_as_they_are_now()
    {
        _cache.Apply(new(WatchEventType.Added, Map("a", "1", "", "x", "y")));
        _cache.Apply(new(WatchEventType.Added, Map("b", "2", "", "y")));
        _cache.Apply(new(WatchEventType.Modified, Map("a", "3", "", "z")));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(_cache.OwnedBy("x"), Is.Empty);
            Assert.That(_cache.OwnedBy("y").Select(e => e.Metadata.Name), Is.EqualTo(new[] { "b" }));
            Assert.That(_cache.OwnedBy("z").Select(e => e.Metadata.Name), Is.EqualTo(new[] { "a" }));
        }
    }

    [Test]
    public void An_object_that_changed_into_a_version_that_cannot_be_read_stays_as_it_was()
    {
        _cache.AddHandler(_handler);
        _cache.Apply(Added("a", "1"));
        _cache.Apply(new(WatchEventType.Modified, null, Unreadable("a", "2")));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(_cache.Get("n", "a")?.Metadata.ResourceVersion, Is.EqualTo("1"));
            Assert.That(_cache.Unreadable.Select(u => u.Cause), Is.EqualTo(new[] { "data: is of another kind" }));
            Assert.That(_handler.Heard, Is.EqualTo(new[] { "+a1", "?a2" }));
        }
    }

    [Test]
    public void A_relist_with_a_version_that_cannot_be_read_deletes_nothing_of_it()
    {
        _cache.Replace(new([Map("a", "1"), Map("gone", "2")], "2"));
        _cache.AddHandler(_handler);

        _cache.Replace(new([], "9") { Unreadable = [Unreadable("a", "5"), Unreadable("new", "6")] });
        _cache.Replace(new([], "9") { Unreadable = [Unreadable("a", "5"), Unreadable("new", "6")] });

        Assert.That(_handler.Heard, Is.EqualTo(new[] { "+a1", "+gone2", "-gone2", "?a5", "?new6" }), "told once a version");
        Assert.That(_cache.List().Select(e => e.Metadata.Name), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void An_object_without_a_name_that_can_be_read_may_be_any_of_those_that_are_missing()
    {
        _cache.Replace(new([Map("a", "1"), Map("b", "2")], "2"));

        _cache.Replace(new([Map("b", "3")], "9") { Unreadable = [new(null, "", "?")] });

        Assert.That(_cache.List().Select(e => e.Metadata.Name), Is.EquivalentTo(new[] { "a", "b" }));
    }

    [Test]
    public void An_object_that_cannot_be_read_and_is_deleted_or_made_anew_does_not_stay()
    {
        _cache.Apply(Added("deleted", "1"));
        _cache.Apply(Added("replaced", "2", "first"));
        _cache.AddHandler(_handler);

        _cache.Apply(new(WatchEventType.Deleted, null, Unreadable("deleted", "3")));
        _cache.Apply(new(WatchEventType.Modified, null, Unreadable("replaced", "4", "second")));

        Assert.That(_cache.List(), Is.Empty);
        Assert.That(_handler.Heard.Skip(2), Is.EqualTo(new[] { "-deleted1", "-replaced2", "?replaced4" }));
    }

    [Test]
    public void An_object_that_can_be_read_again_is_an_update_of_what_it_was()
    {
        _cache.Apply(Added("a", "1"));
        _cache.Apply(new(WatchEventType.Modified, null, Unreadable("a", "2")));
        _cache.AddHandler(_handler);
        _cache.Apply(Modified("a", "3"));

        Assert.That(_handler.Heard, Is.EqualTo(new[] { "+a1", "?a2", "~a1>a3" }));
        Assert.That(_cache.Unreadable, Is.Empty);
    }

    private sealed class FailingHandler : IEntityHandler<ConfigMap>
    {
        public void Added(ConfigMap entity) => throw new InvalidOperationException("added");

        public void Updated(ConfigMap old, ConfigMap current) => throw new InvalidOperationException("updated");

        public void Deleted(ConfigMap last) => throw new InvalidOperationException("deleted");
    }

    private sealed class LookingHandler(Action<ConfigMap> look) : IEntityHandler<ConfigMap>
    {
        public void Added(ConfigMap entity) => look(entity);

        public void Updated(ConfigMap old, ConfigMap current) => look(current);

        public void Deleted(ConfigMap last) => look(last);
    }
}
