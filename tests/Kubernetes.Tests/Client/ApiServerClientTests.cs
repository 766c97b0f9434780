using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>The client against a real API server.</summary>
[TestFixture]
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(120_000)]
public sealed class ApiServerClientTests
{
    private TestNamespace _namespace = null!;
    private KubernetesClient _client = null!;

    [SetUp]
    public async Task SetUp()
    {
        var server = await SharedApiServer.GetAsync();
        _client = server.Client;
        _namespace = await server.CreateNamespaceAsync();
    }

    [TearDown]
    public async Task TearDown() => await _namespace.DisposeAsync();

    [Test]
    public async Task An_object_is_created_read_replaced_patched_and_deleted(CancellationToken cancellationToken)
    {
        var created = await _client.CreateAsync(Resources.ConfigMaps, Map("a", ("k", "1")), cancellationToken);
        created.Data!["k"] = "2";
        var replaced = await _client.ReplaceAsync(Resources.ConfigMaps, created, cancellationToken);
        var patched = await _client.MergePatchAsync(
            Resources.ConfigMaps, _namespace.Name, "a", new JsonObject { ["data"] = new JsonObject { ["k"] = null, ["m"] = "3" } }, cancellationToken);
        var read = await _client.GetAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken);
        await _client.DeleteAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(created.Metadata.Uid, Is.Not.Empty);
            Assert.That(created.Kind, Is.EqualTo("ConfigMap"));
            Assert.That(replaced.Data, Contains.Key("k").WithValue("2"));
            Assert.That(patched.Data, Does.Not.ContainKey("k").And.ContainKey("m"));
            Assert.That(read!.Metadata.ResourceVersion, Is.EqualTo(patched.Metadata.ResourceVersion));
            Assert.That(await _client.GetAsync(Resources.ConfigMaps, _namespace.Name, "a", cancellationToken), Is.Null);
        }
    }

    [Test]
    public async Task A_stale_replace_is_a_conflict(CancellationToken cancellationToken)
    {
        var first = await _client.CreateAsync(Resources.ConfigMaps, Map("a", ("k", "1")), cancellationToken);
        await _client.MergePatchAsync(
            Resources.ConfigMaps, _namespace.Name, "a", new JsonObject { ["data"] = new JsonObject { ["k"] = "2" } }, cancellationToken);

        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => _client.ReplaceAsync(Resources.ConfigMaps, first, cancellationToken));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refusal!.IsConflict, Is.True);
            Assert.That(refusal.Reason, Is.EqualTo("Conflict"));
        }
    }

    private ConfigMap Map(string name, params (string Key, string Value)[] data) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = _namespace.Name },
        Data = data.ToDictionary(d => d.Key, d => d.Value, StringComparer.Ordinal),
    };
}
