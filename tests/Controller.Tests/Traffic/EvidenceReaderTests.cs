using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Api;
using ModelOperator.Controller.Traffic;
using ModelOperator.Evidence;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Tests.Traffic;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EvidenceReaderTests : IDisposable
{
    private readonly PlayedSecrets _secrets = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [SetUp]
    public Task MakeKeys() => Keys().EnsureAsync("vision", [Models.Digits()], CancellationToken.None);

    [Test]
    public async Task A_routers_report_is_read()
    {
        await using RouterServer server = await ProvenAsync(context => Answer(context, Report("a", 4, 9)));

        EvidenceReport? report = await ReadAsync(server);

        Assert.That(report, Is.Not.Null);
        Assert.That((report!.Instance, report.TableVersion, report.Next), Is.EqualTo(("a", 4L, 9L)));
        Assert.That(server.Requests, Is.EqualTo(new[] { "/v1/models/digits/ticks?since=5" }));
    }

    [Test]
    public async Task A_router_is_shown_that_the_operator_asks()
    {
        string? authorization = null;
        await using RouterServer server = await ProvenAsync(context =>
        {
            authorization = context.Request.Headers.Authorization;
            return Answer(context, Report("a", 4, 9));
        });

        await ReadAsync(server);

        Assert.That(PodToken.IsIn(authorization, "r", await KeysAsync()), Is.True, authorization);
    }

    [Test]
    public async Task A_report_that_does_not_prove_that_this_router_made_it_is_none()
    {
        await using RouterServer nobody = await RouterServer.StartAsync(context => Answer(context, Report("a", 4, 9)));
        await using RouterServer stranger = await RouterServer.StartAsync(
            context => Answer(context, Report("a", 4, 9)), _ => Task.FromResult(("r", NamespaceKeys.Create(DateTimeOffset.UtcNow))));
        await using RouterServer another = await RouterServer.StartAsync(
            context => Answer(context, Report("a", 4, 9)), async _ => ("r2", await KeysAsync()));

        foreach (RouterServer server in new[] { nobody, stranger, another })
        {
            Assert.That(await ReadAsync(server), Is.Null);
        }
    }

    [Test]
    public async Task A_report_given_before_is_none()
    {
        string? proof = null;
        await using RouterServer router = await ProvenAsync(context => Answer(context, Report("a", 4, 9)));
        await using RouterServer recorder = await RouterServer.StartAsync(async context =>
        {
            using var http = new HttpClient();
            if (proof is null)
            {
                // What the operator asks is passed on once, and what the router answered is given from then on.
                using var request = new HttpRequestMessage(
                    HttpMethod.Get, $"http://127.0.0.1:{router.Port}{context.Request.Path}{context.Request.QueryString}");
                request.Headers.Add(RouterProof.NonceHeader, context.Request.Headers[RouterProof.NonceHeader].ToString());
                using HttpResponseMessage answer = await http.SendAsync(request);
                proof = answer.Headers.GetValues(RouterProof.ProofHeader).Single();
            }

            context.Response.Headers[RouterProof.ProofHeader] = proof;
            await Answer(context, Report("a", 4, 9));
        });

        Assert.That(await ReadAsync(recorder), Is.Not.Null);
        Assert.That(await ReadAsync(recorder), Is.Null);
    }

    [Test]
    public async Task A_report_that_was_changed_on_its_way_is_none()
    {
        await using RouterServer server = await ProvenAsync(context => Answer(context, Report("a", 4, 9)));
        await using RouterServer changer = await RouterServer.StartAsync(async context =>
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(
                HttpMethod.Get, $"http://127.0.0.1:{server.Port}{context.Request.Path}{context.Request.QueryString}");
            request.Headers.Add(RouterProof.NonceHeader, context.Request.Headers[RouterProof.NonceHeader].ToString());
            using HttpResponseMessage answer = await http.SendAsync(request);
            context.Response.Headers[RouterProof.ProofHeader] = answer.Headers.GetValues(RouterProof.ProofHeader).Single();
            await Answer(context, Report("a", 5, 9));
        });

        Assert.That(await ReadAsync(changer), Is.Null);
    }

    [Test]
    public async Task A_router_that_fails_once_is_asked_again()
    {
        int calls = 0;
        await using RouterServer server = await ProvenAsync(async context =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                context.Response.StatusCode = 503;
            }
            else
            {
                await Answer(context, Report("a", 4, 9));
            }
        });

        Assert.That(await ReadAsync(server), Is.Not.Null);
    }

    [Test]
    public async Task A_router_that_does_not_answer_in_time_gives_no_report()
    {
        await using RouterServer server = await ProvenAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        Assert.That(await ReadAsync(server, new() { AttemptTimeout = TimeSpan.FromMilliseconds(200) }), Is.Null);
    }

    [Test]
    public async Task A_router_that_is_gone_gives_no_report()
    {
        int port;
        await using (RouterServer server = await ProvenAsync(_ => Task.CompletedTask))
        {
            port = server.Port;
        }

        using EvidenceReader reader = Reader(new() { Port = port });
        Assert.That(await reader.ReadAsync(Pods.Router("r", Pods.MakeReady), "digits", 0, CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_report_longer_than_a_routers_gives_none()
    {
        string padding = new(' ', EvidenceReport.MostBytes);
        await using RouterServer server = await ProvenAsync(
            context => context.Response.WriteAsync(
                JsonSerializer.Serialize(Report("a", 4, 9), EvidenceJson.Default.EvidenceReport) + padding));

        Assert.That(await ReadAsync(server), Is.Null);
    }

    [Test]
    public async Task What_had_no_room_in_a_report_is_read_at_once()
    {
        await using RouterServer server = await ProvenAsync(context =>
        {
            long since = long.Parse(context.Request.Query["since"]!);
            var tick = new EvidenceTick { Sequence = since + 1, Start = DateTimeOffset.UnixEpoch, Revisions = [] };
            return Answer(
                context, new() { Instance = "a", TableVersion = since, Oldest = 0, Next = since + 2, IsCut = since < 6, Ticks = [tick] });
        });
        using EvidenceReader reader = Reader(new() { Port = server.Port });

        EvidenceReport report = (await new RouterReports(reader).ReadAsync(
            Models.Digits(), [Pods.Router("r", Pods.MakeReady)], CancellationToken.None))[0].Report!;

        Assert.That(report.Ticks.Select(tick => tick.Sequence), Is.EqualTo(new[] { 1, 3, 5, 7 }));
        Assert.That((report.Next, report.TableVersion, report.IsCut), Is.EqualTo((8L, 6L, false)));
    }

    [Test]
    public async Task A_router_that_never_comes_to_an_end_does_not_hold_the_operator()
    {
        await using RouterServer server = await ProvenAsync(
            context => Answer(context, new()
            {
                Instance = "a",
                TableVersion = 1,
                Oldest = 0,
                Next = long.Parse(context.Request.Query["since"]!) + 1,
                IsCut = true,
                Ticks = [],
            }));
        using EvidenceReader reader = Reader(new() { Port = server.Port });

        await new RouterReports(reader).ReadAsync(Models.Digits(), [Pods.Router("r", Pods.MakeReady)], CancellationToken.None);

        Assert.That(server.Requests, Has.Count.LessThanOrEqualTo(64));
    }

    [Test]
    public async Task No_more_reports_are_read_at_a_time_than_there_is_memory_for()
    {
        int now = 0, most = 0;
        await using RouterServer server = await ProvenAsync(async context =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Delay(20);
            Interlocked.Decrement(ref now);
            await Answer(context, Report("a", 4, 9));
        });
        using EvidenceReader reader = Reader(new() { Port = server.Port, ReadsAtATime = 3, AttemptTimeout = TimeSpan.FromSeconds(20) });

        await Task.WhenAll(
            Enumerable.Range(0, 30).Select(_ => reader.ReadAsync(Pods.Router("r", Pods.MakeReady), "digits", 0, CancellationToken.None)));

        Assert.That(most, Is.LessThanOrEqualTo(3));
    }

    [Test]
    public async Task An_endless_answer_gives_no_report()
    {
        byte[] chunk = new byte[64 * 1024];
        await using RouterServer server = await RouterServer.StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        });

        Assert.That(await ReadAsync(server, new() { LargestAnswer = 1024 * 1024 }), Is.Null);
    }

    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("not JSON")]
    [TestCase("""{"instance":"","tableVersion":1,"oldest":0,"next":1,"ticks":[]}""")]
    [TestCase("""{"instance":"a","tableVersion":1,"oldest":2,"next":1,"ticks":[]}""")]
    [TestCase("""{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":null}""")]
    [TestCase("""{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":[null]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":1,"start":"2026-01-01T00:00:00Z","revisions":{}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":null}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":{"requests":-1}}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":{"warmUp":-1}}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":{"requests":1,"errors":2}}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":{"requests":9,"latency":[[815,1]]}}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":{"requests":1,"latency":[[1,2]]}}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":{"requests":1,"abandoned":[[815,1]]}}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":{"requests":1,"abandoned":[[1,-1]]}}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":{"requests":1,"abandoned":null}}}]}""")]
    [TestCase(
        """{"instance":"a","tableVersion":1,"oldest":0,"next":1,"ticks":["""
        + """{"sequence":0,"start":"2026-01-01T00:00:00Z","revisions":{"r":{"requests":1,"drawn":-1}}}]}""")]
    public async Task A_report_that_cannot_be_true_is_none(string body)
    {
        await using RouterServer server = await ProvenAsync(context => context.Response.WriteAsync(body));

        Assert.That(await ReadAsync(server), Is.Null);
    }

    [Test]
    public async Task A_router_is_asked_from_its_cursor_and_anew_when_it_has_become_another_process()
    {
        string instance = "a";
        await using RouterServer server = await ProvenAsync(context => Answer(context, Report(instance, 1, 9)));
        using EvidenceReader reader = Reader(new() { Port = server.Port });
        var reports = new RouterReports(reader);
        ModelDeployment model = Models.Digits(m => m.Status = new() { Cursors = [new ReportCursor { Instance = "a", Next = 7 }] });

        await AskAsync();
        await AskAsync();
        instance = "b";
        IReadOnlyList<ObservedRouter> last = await AskAsync();

        Assert.That(
            server.Requests.Select(request => request.Split('?')[1]),
            Is.EqualTo(new[] { "since=0", "since=7", "since=7", "since=0" }));
        Assert.That(last[0].Report!.Instance, Is.EqualTo("b"));

        Task<IReadOnlyList<ObservedRouter>> AskAsync() =>
            reports.ReadAsync(model, [Pods.Router("r", Pods.MakeReady)], CancellationToken.None);
    }

    private static EvidenceReport Report(string instance, long version, long next) =>
        new() { Instance = instance, TableVersion = version, Oldest = 0, Next = next, Ticks = [] };

    private static Task Answer(HttpContext context, EvidenceReport report) =>
        context.Response.WriteAsync(JsonSerializer.Serialize(report, EvidenceJson.Default.EvidenceReport));

    private async Task<EvidenceReport?> ReadAsync(RouterServer server, EvidenceOptions? options = null)
    {
        using EvidenceReader reader = Reader((options ?? new()) with { Port = server.Port });
        return await reader.ReadAsync(Pods.Router("r", Pods.MakeReady), "digits", 5, CancellationToken.None);
    }

    private RouterKeys Keys() => new(_secrets, TimeProvider.System);

    private async Task<NamespaceKeys> KeysAsync() => (await Keys().OfAsync("vision", CancellationToken.None))!;

    /// <summary>A router that shows that its answers are its own.</summary>
    private Task<RouterServer> ProvenAsync(Func<HttpContext, Task> answer) =>
        RouterServer.StartAsync(answer, async _ => ("r", await KeysAsync()));

    private EvidenceReader Reader(EvidenceOptions options) => new(
        options,
        Keys(),
        new ControllerMetrics(_services.GetRequiredService<IMeterFactory>()),
        TimeProvider.System,
        NullLogger<EvidenceReader>.Instance);
}
