using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;
using static ModelOperator.Kubernetes.Tests.Cache.Maps;

namespace ModelOperator.Kubernetes.Tests.Cache;

/// <summary>From where the reflector lists and watches, after what.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReflectorTests
{
    private static readonly HttpRequestException Refused = new(HttpRequestError.ConnectionError, "Connection refused");

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedClient _client = new();
    private readonly RecordingHandler _handler = new();
    private readonly EntityCache<ConfigMap> _cache = new(NullLogger<EntityCache<ConfigMap>>.Instance);

    [Test]
    public async Task It_lists_at_version_0_and_watches_from_where_the_list_ended()
    {
        _client.List("5", Map("a", "3")).Watch(Added("b", "6"), Modified("a", "7"), Deleted("b", "8"));

        var calls = await RunUntil("watch 8");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(calls, Is.EqualTo(new[] { "list 0", "watch 5", "watch 8" }));
            Assert.That(_handler.Heard, Is.EqualTo(new[] { "+a3", "+b6", "~a3>a7", "-b8" }));
            Assert.That(_cache.HasSynced, Is.True);
        }
    }

    [Test]
    public async Task A_first_list_that_must_be_consistent_is_not_taken_from_a_cache()
    {
        _client.List("5").WatchFails(Gone()).List("9");

        var calls = await RunUntil("watch 9", options: new ReflectorOptions { ConsistentFirstList = true });

        Assert.That(calls, Is.EqualTo(new[] { "list ", "watch 5", "list 5", "watch 9" }));
    }

    [Test]
    public async Task An_event_that_cannot_be_read_moves_its_place_and_loses_nothing()
    {
        _client.List("5", Map("a", "3")).Watch(new WatchEvent<ConfigMap>(WatchEventType.Modified, null, Unreadable("a", "8")));

        await RunUntil("watch 8");

        Assert.That(_cache.Get("n", "a")?.Metadata.ResourceVersion, Is.EqualTo("3"));
    }

    [Test]
    public async Task A_bookmark_moves_its_place_and_nothing_else()
    {
        _client.List("5").Watch(Bookmark("40"));

        var calls = await RunUntil("watch 40");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(calls, Is.EqualTo(new[] { "list 0", "watch 5", "watch 40" }));
            Assert.That(_cache.List(), Is.Empty);
        }
    }

    [Test]
    public async Task After_an_expired_watch_it_lists_at_its_last_version()
    {
        _client.List("5").WatchFails(Gone(), Added("a", "6")).List("9", Map("a", "6"));

        var calls = await RunUntil("watch 9");

        Assert.That(calls, Is.EqualTo(new[] { "list 0", "watch 5", "list 6", "watch 9" }));
    }

    [Test]
    public async Task After_an_expired_list_it_lists_what_is_there_now()
    {
        _client.List("5").WatchFails(Gone()).ListFails(Gone()).List("90");

        var calls = await RunUntil("watch 90");

        Assert.That(calls, Is.EqualTo(new[] { "list 0", "watch 5", "list 5", "list ", "watch 90" }));
    }

    [Test]
    public async Task A_server_that_is_behind_us_is_asked_what_is_there_now()
    {
        var behind = new KubernetesException(HttpStatusCode.GatewayTimeout, "Timeout", "Too large resource version: 50, current: 9");
        _client.List("50").WatchFails(Gone()).ListFails(behind).List("9");

        var calls = await RunUntil("watch 9");

        Assert.That(calls, Is.EqualTo(new[] { "list 0", "watch 50", "list 50", "list ", "watch 9" }));
    }

    [Test]
    public async Task A_relist_tells_what_was_missed_deletions_too()
    {
        _client.List("5", Map("kept", "1"), Map("changed", "2"), Map("gone", "3"), Map("replaced", "4", "first"))
            .WatchFails(Gone())
            .List("9", Map("kept", "1"), Map("changed", "8"), Map("replaced", "7", "second"), Map("new", "9"));

        await RunUntil("watch 9");

        Assert.That(
            _handler.Heard.Skip(4),
            Is.EquivalentTo(new[] { "-gone3", "~changed2>changed8", "-replaced4", "+replaced7", "+new9" }));
    }

    [Test]
    public async Task When_the_connection_is_refused_it_waits_and_watches_on_without_listing()
    {
        _client.List("5").WatchFails(Refused).WatchFails(new IOException("reset"), Added("a", "6")).WatchFails(new TimeoutException());

        var calls = await RunUntil("watch 6", times: 2);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(calls, Is.EqualTo(new[] { "list 0", "watch 5", "watch 5", "watch 6", "watch 6" }));
            Assert.That(_clock.GetUtcNow(), Is.GreaterThan(Start + TimeSpan.FromSeconds(0.8 + 1.6 + 3.2)));
        }
    }

    [Test]
    public async Task When_the_server_is_busy_it_waits_as_long_as_asked_and_watches_on_without_listing()
    {
        _client.List("5")
            .WatchFails(new KubernetesException(HttpStatusCode.TooManyRequests, "TooManyRequests", "busy", TimeSpan.FromSeconds(20)));

        var calls = await RunUntil("watch 5", times: 2);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(calls, Is.EqualTo(new[] { "list 0", "watch 5", "watch 5" }));
            Assert.That(_clock.GetUtcNow(), Is.GreaterThanOrEqualTo(Start + TimeSpan.FromSeconds(20)));
        }
    }

    [Test]
    public async Task Any_other_refusal_of_a_watch_makes_it_list_again()
    {
        _client.List("5").WatchFails(new KubernetesException(HttpStatusCode.Forbidden, "Forbidden", "no")).List("7");

        var calls = await RunUntil("watch 7");

        Assert.That(calls, Is.EqualTo(new[] { "list 0", "watch 5", "list 5", "watch 7" }));
    }

    [Test]
    public async Task A_list_that_fails_is_tried_until_it_succeeds_and_only_then_the_cache_has_synced()
    {
        _client.ListFails(Refused).ListFails(new InvalidDataException("?")).List("5", Map("a", "1"));
        var syncedEarly = false;
        _cache.Synced.GetAwaiter().OnCompleted(() => syncedEarly |= _cache.List().Count == 0);

        var calls = await RunUntil("watch 5");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(calls, Is.EqualTo(new[] { "list 0", "list 0", "list 0", "watch 5" }));
            Assert.That(syncedEarly, Is.False);
            Assert.That(_cache.HasSynced, Is.True);
        }
    }

    [Test]
    public async Task A_watch_that_ends_at_once_with_nothing_in_it_is_not_asked_again_in_a_tight_loop()
    {
        _client.List("5").Watch().Watch();

        await RunUntil("watch 5", times: 3);

        Assert.That(_clock.GetUtcNow(), Is.GreaterThan(Start + TimeSpan.FromSeconds(0.8 + 1.6)));
    }

    [Test]
    public async Task Each_watch_lasts_another_time_between_five_and_ten_minutes_and_has_bookmarks()
    {
        _client.List("5");
        for (var i = 6; i < 26; i++)
        {
            _client.Watch(Added("a", $"{i}"));
        }

        await RunUntil("watch 25");

        var timeouts = _client.WatchOptions.Select(o => o.Timeout!.Value).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(timeouts, Has.All.InRange(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10)));
            Assert.That(timeouts.Distinct().Count(), Is.GreaterThan(10));
            Assert.That(_client.WatchOptions.Select(o => o.AllowBookmarks), Has.All.True);
        }
    }

    private static DateTimeOffset Start => new ManualTimeProvider().GetUtcNow();

    private static KubernetesException Gone() => new(HttpStatusCode.Gone, "Expired", "too old resource version");

    /// <summary>Runs it until it has made a call so many times, moving the clock on whenever it waits.</summary>
    private async Task<string[]> RunUntil(string call, int times = 1, ReflectorOptions? options = null)
    {
        _cache.AddHandler(_handler);
        using var stop = new CancellationTokenSource();
        var reflector = new Reflector<ConfigMap>(
            _client, Resources.ConfigMaps, _cache, options ?? new ReflectorOptions(), _clock, NullLogger<Reflector<ConfigMap>>.Instance);
        var run = Task.Run(() => reflector.RunAsync(stop.Token));
        await _clock.AdvanceUntilAsync(
            () => _client.Calls.Count(c => c == call) >= times, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(5));
        await stop.CancelAsync();
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        return [.. _client.Calls];
    }
}
