using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;
using static ModelOperator.Kubernetes.Tests.Client.ScriptedServer;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>What a process that may have lost its lease still sends.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class WriteFenceTests
{
    private const string Map = """{"metadata":{"name":"a","namespace":"n"}}""";

    private static readonly Func<IKubernetesClient, Task>[] Writes =
    [
        client => client.CreateAsync(Resources.ConfigMaps, Entity(), CancellationToken.None),
        client => client.UpdateAsync(Resources.ConfigMaps, Entity(), CancellationToken.None, "status"),
        client => client.ApplyAsync(Resources.ConfigMaps, JsonNode.Parse(Map)!.AsObject(), "me", CancellationToken.None),
        client => client.MergePatchAsync(Resources.ConfigMaps, "n", "a", [], CancellationToken.None),
        client => client.DeleteAsync(Resources.ConfigMaps, "n", "a", CancellationToken.None),
    ];

    [TestCaseSource(nameof(Writes))]
    public async Task A_write_behind_a_closed_fence_is_not_sent(Func<IKubernetesClient, Task> write)
    {
        using var server = new ScriptedServer();
        using var client = server.Client();

        await Assert.ThatAsync(() => BehindAsync(() => false, () => write(client)), Throws.InstanceOf<LeadershipLostException>());

        Assert.That(server.Requests, Is.Empty);
    }

    [TestCaseSource(nameof(Writes))]
    public async Task A_write_behind_an_open_fence_or_outside_of_any_is_sent(Func<IKubernetesClient, Task> write)
    {
        using var server = new ScriptedServer(Json(Map), Json(Map));
        using var client = server.Client();

        await BehindAsync(() => true, () => write(client));
        await write(client);

        Assert.That(server.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task What_reads_is_sent_behind_a_closed_fence()
    {
        using var server = new ScriptedServer(Json(Map));
        using var client = server.Client();

        await BehindAsync(() => false, () => client.GetAsync(Resources.ConfigMaps, "n", "a", CancellationToken.None));

        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_write_is_not_sent_again_once_the_fence_has_closed()
    {
        var open = true;
        var time = new ManualTimeProvider();
        using var server = new ScriptedServer(sent =>
        {
            open = false;
            return Refusal(HttpStatusCode.ServiceUnavailable, "busy", retryAfter: 1)(sent);
        });
        using var client = server.Client(time);

        var write = BehindAsync(() => open, () => client.DeleteAsync(Resources.ConfigMaps, "n", "a", CancellationToken.None));
        await time.AdvanceUntilAsync(() => write.IsCompleted, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(20));

        Assert.That(async () => await write, Throws.InstanceOf<LeadershipLostException>());
        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    private static async Task BehindAsync(Func<bool> isOpen, Func<Task> call)
    {
        new WriteFence(isOpen).Enter();
        await call();
    }

    private static ConfigMap Entity() => new() { Metadata = { Name = "a", Namespace = "n" } };
}
