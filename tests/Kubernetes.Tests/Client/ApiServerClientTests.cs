using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;
using KubernetesException = ModelOperator.Kubernetes.Client.KubernetesException;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>The client against a real API server; what it did there is found with the official one.</summary>
[TestFixture]
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(120_000)]
public sealed class ApiServerClientTests
{
    private TestNamespace _namespace = null!;
    private KubernetesClient _client = null!;
    private IKubernetes _world = null!;

    [SetUp]
    public async Task SetUp()
    {
        var server = await SharedApiServer.GetAsync();
        (_client, _world) = (server.Client, server.World);
        _namespace = await server.CreateNamespaceAsync();
    }

    [TearDown]
    public async Task TearDown() => await _namespace.DisposeAsync();

    [Test]
    public async Task An_object_is_created_read_replaced_patched_and_deleted(CancellationToken cancellationToken)
    {
        var created = await _client.CreateAsync(Resources.ConfigMaps, Map("a", ("k", "1")), cancellationToken);
        var first = await FindAsync("a");
        created.Data!["k"] = "2";
        await _client.UpdateAsync(Resources.ConfigMaps, created, cancellationToken);
        var updated = await FindAsync("a");
        var patched = await _client.MergePatchAsync(
            Resources.ConfigMaps, _namespace.Name, "a",
            new JsonObject { ["data"] = new JsonObject { ["k"] = null, ["m"] = "3" } }, cancellationToken);
        var changed = await FindAsync("a");
        var read = await _client.GetAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken);
        await _client.DeleteAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (created.Kind, created.Metadata.Uid, created.Metadata.ResourceVersion),
                Is.EqualTo(("ConfigMap", first!.Metadata.Uid, first.Metadata.ResourceVersion)));
            Assert.That(first.Data, Is.EquivalentTo(Data(("k", "1"))));
            Assert.That(updated!.Data, Is.EquivalentTo(Data(("k", "2"))));
            Assert.That(changed!.Data, Is.EquivalentTo(Data(("m", "3"))));
            Assert.That(patched.Metadata.ResourceVersion, Is.EqualTo(changed.Metadata.ResourceVersion));
            Assert.That(
                (read!.Metadata.Uid, read.Metadata.ResourceVersion),
                Is.EqualTo((changed.Metadata.Uid, changed.Metadata.ResourceVersion)));
            Assert.That(await FindAsync("a"), Is.Null);
            Assert.That(await _client.GetAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken), Is.Null);
        }
    }

    [Test]
    public async Task A_namespace_that_is_being_deleted_takes_nothing_new_and_says_so(CancellationToken cancellationToken)
    {
        // It stays in deletion, since nothing finalizes it here.
        var ending = (await _world.CoreV1.CreateNamespaceAsync(
            new V1Namespace { Metadata = new V1ObjectMeta { GenerateName = "ending-" } },
            cancellationToken: cancellationToken)).Metadata.Name;
        await _world.CoreV1.DeleteNamespaceAsync(ending, cancellationToken: cancellationToken);

        foreach (var call in new Func<Task>[]
        {
            () => _client.CreateAsync(
                Resources.ConfigMaps, new ConfigMap { Metadata = { Namespace = ending, Name = "a" } }, cancellationToken),
            () => _client.ApplyAsync(
                Resources.Services,
                new JsonObject
                {
                    ["metadata"] = new JsonObject { ["namespace"] = ending, ["name"] = "s" },
                    ["spec"] = new JsonObject { ["ports"] = new JsonArray(new JsonObject { ["port"] = 80, ["protocol"] = "TCP" }) },
                },
                "first",
                cancellationToken),
        })
        {
            var refusal = await Assert.ThrowsAsync<KubernetesException>(() => call());
            Assert.That(refusal!.IsNamespaceTerminating, Is.True, refusal.Message);
        }
    }

    [Test]
    public async Task A_stale_replace_is_a_conflict(CancellationToken cancellationToken)
    {
        var first = await _client.CreateAsync(Resources.ConfigMaps, Map("a", ("k", "1")), cancellationToken);
        await TouchAsync("2");

        var refusal =
            await Assert.ThrowsAsync<KubernetesException>(() => _client.UpdateAsync(Resources.ConfigMaps, first, cancellationToken));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refusal!.IsConflict, Is.True);
            Assert.That(refusal.Reason, Is.EqualTo("Conflict"));
            Assert.That((await FindAsync("a"))!.Data, Is.EquivalentTo(Data(("k", "2"))));
        }
    }

    [Test]
    public async Task Two_managers_apply_their_own_fields_and_take_over_shared_ones(CancellationToken cancellationToken)
    {
        await _client.ApplyAsync(Resources.ConfigMaps, Intent(("shared", "1"), ("first", "x")), "first", cancellationToken);
        await _client.ApplyAsync(Resources.ConfigMaps, Intent(("shared", "2"), ("second", "y")), "second", cancellationToken);
        var withBoth = await FindAsync("a");
        await _client.ApplyAsync(Resources.ConfigMaps, Intent(), "first", cancellationToken);
        var withoutFirst = await FindAsync("a");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(withBoth!.Data, Is.EquivalentTo(Data(("shared", "2"), ("first", "x"), ("second", "y"))));
            Assert.That(withBoth.Metadata.ManagedFields.Select(f => f.Manager), Is.EquivalentTo(new[] { "first", "second" }));
            Assert.That(withoutFirst!.Data, Is.EquivalentTo(Data(("shared", "2"), ("second", "y"))), "what a manager no longer wants goes");
        }
    }

    [Test]
    public async Task An_apply_that_changes_nothing_leaves_the_version_and_the_applier_does_not_even_ask(
        CancellationToken cancellationToken)
    {
        using var counting = new CountingHandler();
        using var client = counting.Client((await SharedApiServer.GetAsync()).Configuration);
        var applier = new Applier(client, "first");

        var made = await applier.ApplyAsync(Resources.ConfigMaps, Intent(("k", "1")), null, cancellationToken);
        var skipped = await applier.ApplyAsync(Resources.ConfigMaps, Intent(("k", "1")), made, cancellationToken);
        var callsSoFar = counting.Calls;
        await TouchAsync("drifted");
        var touched = await client.GetAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken);
        var mended = await applier.ApplyAsync(Resources.ConfigMaps, Intent(("k", "1")), touched, cancellationToken);
        var seen = await FindAsync("a");
        var changed = await applier.ApplyAsync(Resources.ConfigMaps, Intent(("k", "2")), mended, cancellationToken);
        var again = await client.ApplyAsync(Resources.ConfigMaps, Intent(("k", "2")), "first", cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(skipped, Is.SameAs(made));
            Assert.That(callsSoFar, Is.EqualTo(1));
            Assert.That(seen!.Data, Contains.Key("k").WithValue("1"));
            Assert.That((await FindAsync("a"))!.Data, Contains.Key("k").WithValue("2"));
            Assert.That(again.Metadata.ResourceVersion, Is.EqualTo(changed.Metadata.ResourceVersion));
        }
    }

    [Test]
    public async Task A_status_is_applied_apart_from_the_rest(CancellationToken cancellationToken)
    {
        var deployment = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "d", ["namespace"] = _namespace.Name },
            ["spec"] = JsonNode.Parse(
                """{"replicas":2,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":"""
                + """[{"name":"c","image":"i"}]}}}"""),
        };
        var status = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "d", ["namespace"] = _namespace.Name },
            ["status"] = new JsonObject { ["observedGeneration"] = 1, ["replicas"] = 2, ["readyReplicas"] = 1 },
        };

        await _client.ApplyAsync(Resources.Deployments, deployment, "first", cancellationToken);
        var answer = await _client.ApplyAsync(Resources.Deployments, status, "first-status", cancellationToken, "status");
        var found = await _world.AppsV1.ReadNamespacedDeploymentAsync("d", _namespace.Name, cancellationToken: cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((answer.Status!.ReadyReplicas, answer.Spec.Replicas, answer.Metadata.Generation), Is.EqualTo((1, 2, 1L)));
            Assert.That((found.Status.ReadyReplicas, found.Spec.Replicas, found.Metadata.Generation), Is.EqualTo((1, 2, 1L)));
            Assert.That(found.Spec.Template.Spec.Containers.Single().Image, Is.EqualTo("i"));
        }
    }

    [Test]
    public async Task A_delete_with_the_uid_of_an_earlier_object_leaves_the_later_one(CancellationToken cancellationToken)
    {
        var first = await _client.CreateAsync(Resources.ConfigMaps, Map("a"), cancellationToken);
        await _client.DeleteAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken, first.Metadata.Uid);
        var second = await _client.CreateAsync(Resources.ConfigMaps, Map("a"), cancellationToken);

        await _client.DeleteAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken, first.Metadata.Uid);

        Assert.That((await FindAsync("a"))?.Metadata.Uid, Is.EqualTo(second.Metadata.Uid));
    }

    [Test]
    public async Task A_long_list_comes_whole(CancellationToken cancellationToken)
    {
        await Parallel.ForAsync(
            0,
            1010,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (i, token) => await _world.CoreV1.CreateNamespacedConfigMapAsync(
                new V1ConfigMap { Metadata = new V1ObjectMeta { Name = $"m{i}" } }, _namespace.Name, cancellationToken: token));
        using var counting = new CountingHandler();
        using var client = counting.Client((await SharedApiServer.GetAsync()).Configuration);

        var list = await client.ListAsync(Resources.ConfigMaps, _namespace.Name, new ListOptions(), cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                list.Items.Select(m => m.Metadata.Name).Where(n => n[0] == 'm'),
                Is.EquivalentTo(Enumerable.Range(0, 1010).Select(i => $"m{i}")));
            Assert.That(counting.Calls, Is.EqualTo(3), "pages of 500");
        }
    }

    [Test]
    public async Task A_refused_object_is_named_with_its_field(CancellationToken cancellationToken)
    {
        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => _client.CreateAsync(Resources.ConfigMaps, Map("Not A Name"), cancellationToken));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refusal!.Reason, Is.EqualTo("Invalid"));
            Assert.That(refusal.Message, Does.Contain("metadata.name"));
        }
    }

    private Task<V1ConfigMap?> FindAsync(string name) => _world.CoreV1.ReadNamespacedConfigMapAsync(name, _namespace.Name).OrNullAsync();

    private Task TouchAsync(string value) => _world.CoreV1.PatchNamespacedConfigMapAsync(
        new JsonObject { ["data"] = new JsonObject { ["k"] = value } }.MergePatch(), "a", _namespace.Name);

    private static Dictionary<string, string> Data(params (string Key, string Value)[] data) =>
        data.ToDictionary(d => d.Key, d => d.Value, StringComparer.Ordinal);

    private JsonObject Intent(params (string Key, string Value)[] data) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = _namespace.Name },
        ["data"] = new JsonObject(data.Select(d => KeyValuePair.Create(d.Key, (JsonNode?)d.Value))),
    };

    private ConfigMap Map(string name, params (string Key, string Value)[] data) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = _namespace.Name },
        Data = Data(data),
    };
}
