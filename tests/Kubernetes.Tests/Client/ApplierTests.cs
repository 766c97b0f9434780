using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using static ModelOperator.Kubernetes.Tests.Client.ScriptedServer;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>Which applies are left out.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class ApplierTests
{
    [TestCase("7", ExpectedResult = 1, TestName = "Nobody_has_touched_the_object_since")]
    [TestCase("6", ExpectedResult = 1, TestName = "The_cache_is_still_behind_our_own_write")]
    [TestCase("8", ExpectedResult = 2, TestName = "Somebody_has_touched_the_object_since")]
    [TestCase("10", ExpectedResult = 2, TestName = "Versions_are_numbers_not_texts")]
    public Task<int> The_same_intent_again(string cachedVersion) => CallsAfter("u", cachedVersion, Intent("1"));

    [Test]
    public async Task Another_intent_is_applied() => Assert.That(await CallsAfter("u", "7", Intent("2")), Is.EqualTo(2));

    [Test]
    public async Task Another_object_of_the_same_name_is_applied_to() =>
        Assert.That(await CallsAfter("other", "7", Intent("1")), Is.EqualTo(2));

    [Test]
    public async Task An_object_the_cache_does_not_hold_is_applied() =>
        Assert.That(await CallsAfter(null, "7", Intent("1")), Is.EqualTo(2));

    [Test]
    public async Task The_status_is_remembered_apart() => Assert.That(await CallsAfter("u", "7", Intent("1"), "status"), Is.EqualTo(2));

    [TestCase("""{"labels":{"a":"b"}}""", ExpectedResult = 1, TestName = "While_the_status_alone_changes_nothing_is_applied")]
    [TestCase("""{"labels":{"c":"d"}}""", ExpectedResult = 2, TestName = "A_label_that_was_taken_off_is_put_back")]
    [TestCase("""{"labels":{"a":"c"}}""", ExpectedResult = 2, TestName = "A_label_that_was_changed_is_put_back")]
    public async Task<int> Metadata_that_somebody_changed(string metadata)
    {
        var answer = Json("""{"metadata":{"name":"a","namespace":"n","uid":"u","resourceVersion":"7","generation":1}}""");
        using var server = new ScriptedServer(answer, answer);
        using var client = server.Client();
        var applier = new Applier(client, "me");
        JsonObject intent = Intent("1");
        intent["metadata"]!["labels"] = new JsonObject { ["a"] = "b" };
        await applier.ApplyAsync(Resources.ConfigMaps, intent, null, CancellationToken.None);

        ObjectMeta cached = System.Text.Json.JsonSerializer.Deserialize<ObjectMeta>(metadata, System.Text.Json.JsonSerializerOptions.Web)!;
        (cached.Name, cached.Namespace, cached.Uid, cached.ResourceVersion, cached.Generation) = ("a", "n", "u", "8", 1);
        await applier.ApplyAsync(Resources.ConfigMaps, intent, new ConfigMap { Metadata = cached }, CancellationToken.None);
        return server.Requests.Count;
    }

    private static async Task<int> CallsAfter(string? uid, string cachedVersion, JsonObject intent, string? subresource = null)
    {
        var answer = Json("""{"metadata":{"name":"a","namespace":"n","uid":"u","resourceVersion":"7"}}""");
        using var server = new ScriptedServer(answer, answer);
        using var client = server.Client();
        var applier = new Applier(client, "me");
        await applier.ApplyAsync(Resources.ConfigMaps, Intent("1"), null, CancellationToken.None);

        var cached = uid is null
            ? null
            : new ConfigMap { Metadata = { Name = "a", Namespace = "n", Uid = uid, ResourceVersion = cachedVersion } };
        await applier.ApplyAsync(Resources.ConfigMaps, intent, cached, CancellationToken.None, subresource);
        return server.Requests.Count;
    }

    private static JsonObject Intent(string value) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "n" },
        ["data"] = new JsonObject { ["k"] = value },
    };
}
