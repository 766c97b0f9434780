using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Kubernetes.Client;
using static ModelOperator.Kubernetes.Tests.Client.ScriptedServer;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>Reading a watch.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class WatchTests
{
    private const string Events = """
        {"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a","namespace":"n","resourceVersion":"1"}}}
        {"object":{"kind":"Pod","metadata":{"name":"ä","resourceVersion":"2"}},"type":"MODIFIED"}

        {"type":"DELETED","object":{"kind":"Pod","metadata":{"name":"a","resourceVersion":"3"}}}
        {"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"9","creationTimestamp":null},"spec":{"containers":null},"status":{}}}

        """;

    private static readonly (WatchEventType, string, string?)[] Expected =
    [
        (WatchEventType.Added, "a", "1"),
        (WatchEventType.Modified, "ä", "2"),
        (WatchEventType.Deleted, "a", "3"),
        (WatchEventType.Bookmark, "", "9"),
    ];

    [Test]
    public async Task Events_are_read_one_a_line()
    {
        Assert.That(await Read(Json(Events)), Is.EqualTo(Expected));
    }

    [FsCheck.NUnit.Property(MaxTest = 50)]
    public Property Events_are_read_however_the_network_cuts_them() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<PositiveInt[]>(),
            sizes => Read(_ => new HttpResponseMessage { Content = new StreamContent(new Chopped(Encoding.UTF8.GetBytes(Events), sizes)) })
                .GetAwaiter().GetResult().SequenceEqual(Expected));

    [Test]
    public async Task The_query_says_from_where_how_long_and_with_bookmarks()
    {
        using var server = new ScriptedServer(Json(""));
        await ReadFrom(server);

        Assert.That(
            server.Requests.Single().Uri.PathAndQuery,
            Is.EqualTo("/base/api/v1/pods?watch=true&resourceVersion=7&timeoutSeconds=300&allowWatchBookmarks=true"));
    }

    [Test]
    public async Task An_expired_version_comes_as_an_event_inside_a_200()
    {
        var line =
            """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version: 1 (2)"}}""";

        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => Read(Json(line + "\n")));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refusal!.IsExpired, Is.True);
            Assert.That(refusal.Reason, Is.EqualTo("Expired"));
        }
    }

    [Test]
    public async Task An_expired_version_may_also_be_refused_outright()
    {
        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => Read(Refusal(HttpStatusCode.Gone, "Gone")));

        Assert.That(refusal!.IsExpired, Is.True);
    }

    [Test]
    public async Task An_event_cut_off_by_the_end_is_left_to_the_next_watch()
    {
        Assert.That(await Read(Json(Events + """{"type":"ADDED","object":{"metadata":{"name":"z"}""")), Is.EqualTo(Expected));
    }

    [Test]
    public async Task An_object_that_cannot_be_read_is_an_event_too_with_its_name_and_version()
    {
        var line = """{"type":"ADDED","object":{"metadata":{"name":"bad","resourceVersion":"1"},"spec":{"containers":"?"}}}""";

        Assert.That(await Read(Json(line + "\n" + Events)), Is.EqualTo([(WatchEventType.Added, "bad", "1"), .. Expected]));
    }

    [TestCase("not json\n")]
    [TestCase("""{"type":"ADDED"}""" + "\n")]
    [TestCase("""{"type":7,"object":{}}""" + "\n")]
    [TestCase("""{"type":"RENAMED","object":{}}""" + "\n")]
    [TestCase("""["ADDED"]""" + "\n")]
    public async Task A_line_that_is_no_event_ends_the_watch(string line)
    {
        await Assert.ThatAsync(() => Read(Json(line)), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public async Task A_line_without_end_ends_the_watch()
    {
        await Assert.ThatAsync(
            () => Read(Json(new string('x', 17 << 20))), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("larger"));
    }

    private static async Task<List<(WatchEventType, string, string?)>> Read(Func<SentRequest, HttpResponseMessage> answer)
    {
        using var server = new ScriptedServer(answer);
        return await ReadFrom(server);
    }

    private static async Task<List<(WatchEventType, string, string?)>> ReadFrom(ScriptedServer server)
    {
        using var client = server.Client();
        var options = new ListOptions { ResourceVersion = "7", AllowBookmarks = true, Timeout = TimeSpan.FromMinutes(5) };
        var events = new List<(WatchEventType, string, string?)>();
        await foreach (var change in client.WatchAsync(Resources.Pods, null, options, CancellationToken.None))
        {
            events.Add((change.Type, change.Metadata!.Name, change.Metadata.ResourceVersion));
        }

        return events;
    }

    private sealed class Chopped(byte[] content, PositiveInt[] sizes) : MemoryStream(content)
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var size = sizes.Length == 0 ? 1 : sizes[_reads++ % sizes.Length].Get;
            return base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
        }
    }
}
