using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Runtime;

/// <summary>The runtime as a whole against a real API server.</summary>
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(120_000)]
public sealed class ApiServerOperatorTests
{
    private ApiServerFixture _server = null!;
    private TestNamespace _namespace = null!;

    [SetUp]
    public async Task SetUp()
    {
        _server = await SharedApiServer.GetAsync();
        _namespace = await _server.CreateNamespaceAsync();
    }

    [TearDown]
    public async Task TearDown() => await _namespace.DisposeAsync();

    [Test]
    public async Task A_change_of_an_owned_object_reconciles_the_owner_and_a_deletion_is_reported(CancellationToken cancellationToken)
    {
        await using var running = await StartAsync();
        var seen = running.Services.GetRequiredService<Recorder>();
        var owner = await CreateAsync("owner", cancellationToken);
        await Eventually.TrueAsync(() => seen.Count("owner") == 1, "the owner is reconciled");

        await CreateChildAsync(owner, cancellationToken);
        await Eventually.TrueAsync(() => seen.Count("owner") == 2, "a new child reconciles it");
        await _server.World.CoreV1.PatchNamespacedSecretAsync(
            new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["changed"] = "true" } } }.MergePatch(),
            "child", _namespace.Name, cancellationToken: cancellationToken);
        await Eventually.TrueAsync(() => seen.Count("owner") == 3, "a changed child reconciles it");
        await _server.World.CoreV1.DeleteNamespacedSecretAsync("child", _namespace.Name, cancellationToken: cancellationToken);
        await Eventually.TrueAsync(() => seen.Count("owner") == 4, "a deleted child reconciles it");
        await _server.World.CoreV1.DeleteNamespacedConfigMapAsync("owner", _namespace.Name, cancellationToken: cancellationToken);
        await Eventually.TrueAsync(() => seen.Deleted.Contains("owner"), "the owner's deletion is reported");
    }

    [Test]
    public async Task Deletions_while_the_server_cannot_be_reached_are_seen_afterwards(CancellationToken cancellationToken)
    {
        var outage = new OutageClient(_server.CreateClient());
        await using var running = await StartAsync(outage);
        var seen = running.Services.GetRequiredService<Recorder>();
        var owner = await CreateAsync("owner", cancellationToken);
        await CreateAsync("gone", cancellationToken);
        await CreateChildAsync(owner, cancellationToken);
        await Eventually.TrueAsync(
            () => seen.Count("owner") >= 1 && seen.Count("gone") == 1 && seen.Children("owner") == 1, "all is reconciled");

        outage.Begin();
        await _server.World.CoreV1.DeleteNamespacedSecretAsync("child", _namespace.Name, cancellationToken: cancellationToken);
        await _server.World.CoreV1.DeleteNamespacedConfigMapAsync("gone", _namespace.Name, cancellationToken: cancellationToken);
        await Task.Delay(500, cancellationToken);
        Assert.That(seen.Deleted, Is.Empty);
        outage.End();

        await Eventually.TrueAsync(() => seen.Deleted.Contains("gone") && seen.Children("owner") == 0, "both deletions are seen");
    }

    [Test]
    public async Task It_is_ready_when_its_caches_are_and_alive_before(CancellationToken cancellationToken)
    {
        var outage = new OutageClient(_server.CreateClient());
        outage.Begin();
        await using var running = await StartAsync(outage);

        Assert.That((await running.ProbeAsync("/healthz")).Status, Is.EqualTo(200));
        var (status, body) = await running.ProbeAsync("/readyz");
        Assert.That(status, Is.EqualTo(503));
        Assert.That(body, Does.Contain("configmaps").And.Contain("secrets"));
        outage.End();

        await Eventually.TrueAsync(async () => (await running.ProbeAsync("/readyz")).Status == 200, "it becomes ready");
    }

    [Test]
    public async Task A_second_replica_is_ready_but_idle_and_takes_over_at_once_when_the_first_stops(CancellationToken cancellationToken)
    {
        await using var first = await StartAsync(settings: s => Elect(s, "first", leaseSeconds: 60));
        await Eventually.TrueAsync(() => first.Services.GetRequiredService<LeaderElector>().IsLeader, "the first leads");
        await using var second = await StartAsync(settings: s => Elect(s, "second", leaseSeconds: 60));
        await CreateAsync("a", cancellationToken);
        await Eventually.TrueAsync(() => first.Services.GetRequiredService<Recorder>().Count("a") == 1, "the first works");
        await Eventually.TrueAsync(async () => (await second.ProbeAsync("/readyz")).Status == 200, "the second is ready");
        Assert.That(second.Services.GetRequiredService<Recorder>().Count("a"), Is.Zero);

        await first.StopAsync();

        await Eventually.TrueAsync(() => second.Services.GetRequiredService<Recorder>().Count("a") == 1, "the second works");
        var lease = await _server.World.CoordinationV1.ReadNamespacedLeaseAsync(
            "test-operator", _namespace.Name, cancellationToken: cancellationToken);
        Assert.That((lease.Spec.HolderIdentity, lease.Spec.LeaseTransitions), Is.EqualTo(("second", 1)));
    }

    [Test]
    public async Task A_holder_that_is_cut_off_stops_its_process_before_the_second_replica_takes_over(CancellationToken cancellationToken)
    {
        var outage = new OutageClient(_server.CreateClient());
        await using var first = await StartAsync(outage, s => Elect(s, "first", leaseSeconds: 4));
        await Eventually.TrueAsync(() => first.Services.GetRequiredService<LeaderElector>().IsLeader, "the first leads");
        await using var second = await StartAsync(settings: s => Elect(s, "second", leaseSeconds: 4));
        var elector = second.Services.GetRequiredService<LeaderElector>();
        var exitCode = Environment.ExitCode;
        try
        {
            outage.Begin();
            await Eventually.TrueAsync(() => first.Lifetime.ApplicationStopping.IsCancellationRequested, "the first is told to stop");
            Assert.That(elector.IsLeader, Is.False);
            Assert.That(Environment.ExitCode, Is.Not.Zero);
        }
        finally
        {
            Environment.ExitCode = exitCode;
        }

        await Eventually.TrueAsync(() => elector.IsLeader, "the second leads");
    }

    [Test]
    public async Task Events_can_be_read_with_kubectl_and_the_same_one_again_is_counted(CancellationToken cancellationToken)
    {
        var running = await StartAsync();
        await using (running)
        {
            await CreateAsync("a", cancellationToken);
            var entity = (await _server.Client.GetAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken))!;
            var events = running.Services.GetRequiredService<IEventRecorder>();
            for (var i = 0; i < 20; i++)
            {
                events.Record(entity, "Broken", "It is broken.", EventType.Warning, "Check");
            }

            events.Record(entity, "Mended", new string('é', 2000), EventType.Normal, "Check");
        }

        var written = await _server.World.CoreV1.ListNamespacedEventAsync(
            _namespace.Name, fieldSelector: "involvedObject.name=a,involvedObject.kind=ConfigMap", cancellationToken: cancellationToken);
        var broken = written.Items.Single(e => e.Reason == "Broken");
        Assert.That((broken.Type, broken.Message, broken.ReportingComponent), Is.EqualTo(("Warning", "It is broken.", "test-operator")));
        Assert.That(broken.Series.Count, Is.EqualTo(20));
        Assert.That(written.Items.Single(e => e.Reason == "Mended").Message, Does.EndWith("..."));
        Assert.That(written.Items, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_event_of_a_cluster_scoped_object_is_written(CancellationToken cancellationToken)
    {
        var found = await _server.World.CoreV1.ReadNamespaceAsync(_namespace.Name, cancellationToken: cancellationToken);
        var entity = new Entities.KubernetesObject
        {
            ApiVersion = "v1",
            Kind = "Namespace",
            Metadata = { Name = found.Metadata.Name, Uid = found.Metadata.Uid },
        };
        await using (var running = await StartAsync())
        {
            running.Services.GetRequiredService<IEventRecorder>().Record(entity, "Seen", "Seen.", EventType.Normal, "Look");
        }

        var written = await _server.World.EventsV1.ListNamespacedEventAsync(
            "kube-system", fieldSelector: $"regarding.name={_namespace.Name}", cancellationToken: cancellationToken);
        Assert.That(written.Items.Single().Note, Is.EqualTo("Seen."));
        await _server.World.EventsV1.DeleteNamespacedEventAsync(
            written.Items[0].Metadata.Name, "kube-system", cancellationToken: cancellationToken);
    }

    private Task<TestOperator> StartAsync(IKubernetesClient? client = null, Action<OperatorSettingsBuilder>? settings = null) =>
        TestOperator.StartAsync(
            client ?? _server.Client,
            s =>
            {
                s.WithNamespace(_namespace.Name);
                settings?.Invoke(s);
            },
            builder =>
            {
                builder.Services.AddSingleton<Recorder>();
                builder
                    .AddCache(Resources.ConfigMaps, o => o with { LabelSelector = "test=true" })
                    .AddController<RecordingController, ConfigMap>(Resources.ConfigMaps, c => c.Watches(Resources.Secrets, OwnersOf));
            });

    private void Elect(OperatorSettingsBuilder settings, string instance, int leaseSeconds) => settings
        .WithInstance(instance)
        .WithLeaderElection(LeaderElectionType.Single)
        .WithLeaderElectionNamespace(_namespace.Name)
        .WithLeaderElectionTimings(TimeSpan.FromSeconds(leaseSeconds), TimeSpan.FromSeconds(leaseSeconds / 2.0), TimeSpan.FromSeconds(0.3));

    private Task<V1ConfigMap> CreateAsync(string name, CancellationToken cancellationToken) =>
        _server.World.CoreV1.CreateNamespacedConfigMapAsync(
            new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["test"] = "true" } } },
            _namespace.Name, cancellationToken: cancellationToken);

    private Task CreateChildAsync(V1ConfigMap owner, CancellationToken cancellationToken) =>
        _server.World.CoreV1.CreateNamespacedSecretAsync(
            new V1Secret
            {
                Metadata = new V1ObjectMeta
                {
                    Name = "child",
                    OwnerReferences = [new V1OwnerReference
                    {
                        ApiVersion = "v1",
                        Kind = "ConfigMap",
                        Name = owner.Metadata.Name,
                        Uid = owner.Metadata.Uid,
                        Controller = true,
                    }],
                },
            },
            _namespace.Name, cancellationToken: cancellationToken);

    private static IEnumerable<EntityKey> OwnersOf(Secret child) =>
        (child.Metadata.OwnerReferences ?? []).Select(owner => new EntityKey(child.Metadata.Namespace, owner.Name));

    private sealed class Recorder
    {
        private readonly ConcurrentDictionary<string, int> _counts = new();
        private readonly ConcurrentDictionary<string, int> _children = new();

        public ConcurrentQueue<string> Deleted { get; } = new();

        public int Count(string name) => _counts.GetValueOrDefault(name);

        public int Children(string name) => _children.GetValueOrDefault(name, -1);

        public void Saw(string name, int children)
        {
            _children[name] = children;
            _counts.AddOrUpdate(name, 1, (_, count) => count + 1);
        }
    }

    private sealed class RecordingController(Recorder recorder, IEntityStore<Secret> secrets) : IEntityController<ConfigMap>
    {
        public Task<ReconciliationResult<ConfigMap>> ReconcileAsync(ConfigMap entity, CancellationToken cancellationToken)
        {
            recorder.Saw(entity.Metadata.Name, secrets.OwnedBy(entity.Metadata.Uid!).Count);
            return Task.FromResult(ReconciliationResult<ConfigMap>.Success(entity));
        }

        public Task<ReconciliationResult<ConfigMap>> DeletedAsync(ConfigMap entity, CancellationToken cancellationToken)
        {
            recorder.Deleted.Enqueue(entity.Metadata.Name);
            return Task.FromResult(ReconciliationResult<ConfigMap>.Success(entity));
        }
    }
}
