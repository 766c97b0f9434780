using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Kubernetes.Tests.Client;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ControllerRunnerTests
{
    private static readonly OperatorSettings Settings = new()
    {
        ReconcileStrategy = ReconcileStrategy.ByResourceVersion,
        ParallelReconciliation = new() { MaxParallelReconciliations = 4 },
    };

    private readonly ManualTimeProvider _time = new();
    private readonly EntityCache<ConfigMap> _cache = new(NullLogger<EntityCache<ConfigMap>>.Instance);
    private readonly RecordingLogger<ControllerRunner<ConfigMap>> _log = new();
    private WriteFence? _fence;
    private readonly Recorder _events = new();
    private readonly EntityCache<Pod> _pods = new(NullLogger<EntityCache<Pod>>.Instance);

    [Test]
    public async Task Each_entity_in_the_cache_is_reconciled()
    {
        var controller = new RecordingController();
        await using var running = Start(controller);

        Put("a");
        Put("b");

        await Eventually.TrueAsync(() => controller.Reconciled.Order().SequenceEqual(["a", "b"]), "both are reconciled");
    }

    [Test]
    public async Task An_entity_that_is_gone_is_reported_as_deleted()
    {
        var controller = new RecordingController();
        await using var running = Start(controller);
        Put("a");
        await Eventually.TrueAsync(() => controller.Reconciled.Count == 1, "a is reconciled");

        _cache.Apply(new(WatchEventType.Deleted, New("a", 2)));

        await Eventually.TrueAsync(() => controller.Deleted.SequenceEqual(["a2"]), "a is reported");
        await running.IdleAsync();
        Assert.That(controller.Reconciled, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_deletion_is_reported_until_the_controller_succeeds_and_never_of_one_that_came_back()
    {
        var controller = new RecordingController { FailingDeletions = 2 };
        await using var running = Start(controller);
        Put("a");
        await Eventually.TrueAsync(() => controller.Reconciled.Count == 1, "a is reconciled");

        _cache.Apply(new(WatchEventType.Deleted, New("a", 2)));
        await AdvanceAsync(() => controller.Deleted.Count == 2);
        Put("a", version: 3);
        await Eventually.TrueAsync(() => controller.Reconciled.Count > 1, "the one that came back is reconciled");
        await running.IdleAsync();
        _time.Advance(TimeSpan.FromHours(1));

        Assert.That(await Eventually.HoldsAsync(() => controller.Deleted.Count > 2, TimeSpan.FromMilliseconds(100)), Is.False);
    }

    [Test]
    public async Task A_failure_with_a_time_of_its_own_is_tried_again_then()
    {
        var controller = new RecordingController
        {
            Then = (entity, attempt) => attempt > 1
                ? ReconciliationResult<ConfigMap>.Success(entity)
                : ReconciliationResult<ConfigMap>.Failure(entity, "broken", requeueAfter: TimeSpan.FromMinutes(1)),
        };
        await using var running = Start(controller);
        Put("a");

        await Eventually.TrueAsync(() => _time.PendingTimers > 0, "it waits");
        Assert.That(_time.NextTimer, Is.EqualTo(TimeSpan.FromMinutes(1)));
        await AdvanceAsync(() => controller.Reconciled.Count == 2);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_reconcile_that_fails_or_throws_is_tried_again_with_backoff(bool throws)
    {
        var controller = new RecordingController
        {
            Then = (entity, attempt) => attempt > 3 ? ReconciliationResult<ConfigMap>.Success(entity)
                : throws ? throw new InvalidOperationException("broken")
                : ReconciliationResult<ConfigMap>.Failure(entity, "broken"),
        };
        await using var running = Start(controller);
        var started = _time.GetUtcNow();
        Put("a");

        await AdvanceAsync(() => controller.Reconciled.Count == 4);

        Assert.That(_time.GetUtcNow() - started, Is.EqualTo(TimeSpan.FromMilliseconds(5 + 10 + 20)));
    }

    [Test]
    public async Task An_entity_that_changes_each_time_it_is_reconciled_is_looked_at_with_backoff()
    {
        var controller = new RecordingController
        {
            Then = (entity, attempt) => attempt > 8
                ? ReconciliationResult<ConfigMap>.Success(entity)
                : ReconciliationResult<ConfigMap>.Outdated(entity),
        };
        await using var running = Start(controller);
        var started = _time.GetUtcNow();
        Put("a");

        await AdvanceAsync(() => controller.Reconciled.Count == 9);

        Assert.That(_time.GetUtcNow() - started, Is.EqualTo(TimeSpan.FromMilliseconds(5 * 255)));
    }

    [Test]
    public async Task A_version_that_cannot_be_read_is_told_in_an_event_and_the_one_before_is_reconciled()
    {
        var controller = new RecordingController();
        await using var running = Start(controller);
        Put("a");
        await Eventually.TrueAsync(() => controller.Reconciled.Count == 1, "a is reconciled");

        _cache.Apply(new(WatchEventType.Modified, null, new UnreadableObject(New("a", 2).Metadata, "data.k", "is no text.")));

        await Eventually.TrueAsync(() => controller.Reconciled.Count == 2, "the version before is");
        Assert.That(controller.Deleted, Is.Empty);
        Assert.That(_events.Recorded, Has.Count.EqualTo(1));
        Assert.That(_events.Recorded.Single(), Does.StartWith("Warning v1 ConfigMap ns/a Unreadable: data.k: is no text."));
    }

    [Test]
    public async Task An_entity_of_a_namespace_that_is_being_deleted_is_left_alone_quietly_and_with_backoff()
    {
        var controller = new RecordingController
        {
            Then = (_, _) => throw new KubernetesException(System.Net.HttpStatusCode.Forbidden, "Forbidden", "terminating")
            {
                IsNamespaceTerminating = true,
            },
        };
        await using var running = Start(controller);
        var started = _time.GetUtcNow();
        Put("a");

        await AdvanceAsync(() => controller.Reconciled.Count == 16);

        Assert.That(_time.GetUtcNow() - started, Is.GreaterThan(TimeSpan.FromSeconds(60)));
        Assert.That(_log.Written.Max(w => w.Level), Is.EqualTo(LogLevel.Information));
        Assert.That(_log.Written.Select(w => w.Exception), Is.All.Null);
    }

    [Test]
    public async Task A_reconcile_of_a_process_that_may_have_lost_its_lease_writes_nothing_and_is_tried_again()
    {
        var sure = false;
        _fence = new WriteFence(() => sure);
        using var server = new ScriptedServer(ScriptedServer.Json("{}"));
        using var client = server.Client();
        var controller = new RecordingController
        {
            Then = (entity, attempt) =>
            {
                sure = attempt > 1;
                client.DeleteAsync(Resources.ConfigMaps, "ns", "a", CancellationToken.None).GetAwaiter().GetResult();
                return ReconciliationResult<ConfigMap>.Success(entity);
            },
        };
        await using var running = Start(controller);
        Put("a");
        await Eventually.TrueAsync(() => _time.PendingTimers > 0, "it waits");
        Assert.That(server.Requests, Is.Empty);

        await AdvanceAsync(() => server.Requests.Count == 1);
        await running.IdleAsync();
    }

    [Test]
    public async Task A_reconcile_that_does_not_end_is_told_to_the_watchdog()
    {
        var controller = new RecordingController { Block = new(0) };
        await using var running = Start(controller);
        Put("a");
        await Eventually.TrueAsync(() => controller.Running == 1, "it has begun");
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.That(running.Runner.Stuck, Is.Null);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(running.Runner.Stuck, Is.EqualTo("the reconcile of ConfigMap ns/a has not ended within 10 min"));

        controller.Block.Release();
        await running.IdleAsync();
        Assert.That(running.Runner.Stuck, Is.Null);
    }

    [Test]
    public async Task One_entity_that_always_throws_does_not_keep_the_others_from_being_reconciled()
    {
        var controller = new RecordingController { ThrowFor = "bad" };
        await using var running = Start(controller);

        Put("bad");
        Put("good");

        await Eventually.TrueAsync(() => controller.Reconciled.Contains("good"), "good is reconciled");
    }

    [Test]
    public async Task A_terminal_error_waits_for_the_next_change()
    {
        var controller = new RecordingController { Then = (entity, _) => ReconciliationResult<ConfigMap>.Terminal(entity, "hopeless") };
        await using var running = Start(controller);
        Put("a");
        await Eventually.TrueAsync(() => controller.Reconciled.Count == 1, "a is reconciled");
        await running.IdleAsync();

        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(await Eventually.HoldsAsync(() => controller.Reconciled.Count > 1, TimeSpan.FromMilliseconds(100)), Is.False);
        Put("a", version: 2);
        await Eventually.TrueAsync(() => controller.Reconciled.Count == 2, "the change is reconciled");
    }

    [Test]
    public async Task Requeue_after_looks_again_then_and_forgets_earlier_failures()
    {
        var controller = new RecordingController
        {
            Then = (entity, attempt) => attempt switch
            {
                <= 5 => ReconciliationResult<ConfigMap>.Failure(entity, "broken"),
                6 => ReconciliationResult<ConfigMap>.Success(entity, TimeSpan.FromSeconds(30)),
                7 => ReconciliationResult<ConfigMap>.Failure(entity, "broken"),
                _ => ReconciliationResult<ConfigMap>.Success(entity),
            },
        };
        await using var running = Start(controller);
        Put("a");
        await AdvanceAsync(() => controller.Reconciled.Count == 6);
        await Eventually.TrueAsync(() => _time.PendingTimers > 0, "it waits");

        _time.Advance(TimeSpan.FromMilliseconds(29_999));
        Assert.That(await Eventually.HoldsAsync(() => controller.Reconciled.Count > 6, TimeSpan.FromMilliseconds(100)), Is.False);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Eventually.TrueAsync(() => controller.Reconciled.Count == 7 && _time.PendingTimers > 0, "it looks again");
        Assert.That(_time.NextTimer, Is.EqualTo(TimeSpan.FromMilliseconds(5)), "the backoff starts from the beginning");
    }

    [Test]
    public async Task An_entity_is_never_reconciled_twice_at_once_and_different_ones_are()
    {
        var controller = new RecordingController { Block = new(0) };
        await using var running = Start(controller);
        Put("a");
        Put("b");
        await Eventually.TrueAsync(() => controller.Running == 2, "two entities at once");
        Put("a", version: 2);
        Put("b", version: 2);

        Assert.That(await Eventually.HoldsAsync(() => controller.Running > 2, TimeSpan.FromMilliseconds(100)), Is.False);
        controller.Block.Release(4);
        await Eventually.TrueAsync(() => controller.Reconciled.Count == 4, "the changes in between are not lost");
    }

    [Test]
    public async Task A_change_of_an_owned_object_reconciles_its_owner()
    {
        var controller = new RecordingController();
        await using var running = Start(controller, c => c.Watches(Resources.Pods, OwnersOf));
        Put("a");
        await Eventually.TrueAsync(() => controller.Reconciled.Count == 1, "a is reconciled");
        await running.IdleAsync();

        PutPodOf("a");

        await Eventually.TrueAsync(() => controller.Reconciled.Count == 2, "the owner is reconciled");
    }

    [Test]
    public async Task An_owner_whose_object_is_seen_before_it_is_not_reported_as_deleted()
    {
        var controller = new RecordingController();
        await using var running = Start(controller, c => c.Watches(Resources.Pods, OwnersOf));
        PutPodOf("a");
        await running.IdleAsync();

        Put("a");

        await Eventually.TrueAsync(() => controller.Reconciled.Count == 1, "a is reconciled");
        Assert.That(controller.Deleted, Is.Empty);
    }

    [Test]
    public async Task Stopping_waits_for_the_reconcile_under_way_and_starts_no_other()
    {
        var controller = new RecordingController { Block = new(0) };
        var running = Start(controller);
        string[] all = ["a", "b", "c", "d"];
        foreach (var name in all)
        {
            Put(name);
        }

        await Eventually.TrueAsync(() => controller.Running == all.Length, "each worker has one");
        Put("e");

        var stopping = running.Runner.StopAsync(CancellationToken.None);
        Assert.That(stopping.IsCompleted, Is.False);
        controller.Block.Release(all.Length);
        await stopping;
        await running.DisposeAsync();

        Assert.That(controller.Reconciled, Is.EquivalentTo(all));
    }

    /// <summary>Moves the clock to each wait's end, once it has begun.</summary>
    private async Task AdvanceAsync(Func<bool> until)
    {
        while (!until())
        {
            await Eventually.TrueAsync(() => until() || _time.PendingTimers > 0, "a wait begins");
            if (!until())
            {
                _time.Advance(_time.NextTimer!.Value);
            }
        }
    }

    private Running Start(RecordingController controller, Action<ControllerBuilder<ConfigMap>>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(_cache);
        services.AddSingleton<IEntityStore<ConfigMap>>(_cache);
        services.AddSingleton(_pods);
        services.AddMetrics();
        var builder = new ControllerBuilder<ConfigMap>(services, Resources.ConfigMaps);
        configure?.Invoke(builder);
        var provider = services.BuildServiceProvider();
        var runner = new ControllerRunner<ConfigMap>(
            controller, _cache, builder, provider, Settings, _fence, _events, new(provider.GetRequiredService<IMeterFactory>()), _time,
            _log);
        runner.Connect();
        return new(runner, runner.RunAsync(CancellationToken.None), provider);
    }

    private void Put(string name, int version = 1) => _cache.Apply(new(WatchEventType.Modified, New(name, version)));

    private void PutPodOf(string owner) => _pods.Apply(new(WatchEventType.Added, new Pod
    {
        Metadata =
        {
            Namespace = "ns", Name = "pod", Uid = "p", ResourceVersion = "9",
            OwnerReferences = [new() { ApiVersion = "v1", Kind = "ConfigMap", Name = owner, Uid = owner, Controller = true }],
        },
    }));

    private static IEnumerable<EntityKey> OwnersOf(Pod pod) =>
        pod.Metadata.OwnerReferences!.Select(owner => new EntityKey(pod.Metadata.Namespace, owner.Name));

    private static ConfigMap New(string name, int version) =>
        new() { Metadata = { Namespace = "ns", Name = name, Uid = name, ResourceVersion = $"{version}" } };

    private sealed record Running(ControllerRunner<ConfigMap> Runner, Task Task, ServiceProvider Services) : IAsyncDisposable
    {
        /// <summary>The reconcile that was counted has also been filed away.</summary>
        public Task IdleAsync() => Eventually.TrueAsync(() => Runner.IsIdle, "no reconcile runs");

        public async ValueTask DisposeAsync()
        {
            await Runner.StopAsync(CancellationToken.None);
            await Task;
            await Services.DisposeAsync();
        }
    }

    private sealed class Recorder : IEventRecorder
    {
        public ConcurrentQueue<string> Recorded { get; } = new();

        public void Record(KubernetesObject entity, string reason, string message, EventType type, string action) =>
            Recorded.Enqueue($"{type} {entity.ApiVersion} {entity.Kind} {EntityKey.Of(entity)} {reason}: {message}");
    }
}
