using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Api;
using ModelOperator.Router.Routing;
using ModelOperator.Router.Watching;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Watching;

/// <summary>
/// A router beside an operator of another version, which writes fields and names of enums that this one has never heard of.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OtherVersionTests
{
    private const string Expired = """{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}""";

    private readonly CancellationTokenSource _stop = new();
    private readonly RoutingState _state = new();
    private readonly RouterReadiness _readiness = new(new RouterPeers(new RouterOptions { Namespace = "default" }));
    private PlayedApiServer _server = null!;

    [SetUp]
    public async Task SetUp()
    {
        _server = await PlayedApiServer.StartAsync();
        _server.Pods = $"{Pod("s1", "stable")},{Pod("c1", "canary")}";
    }

    [TearDown]
    public async Task TearDown()
    {
        await _stop.CancelAsync();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Test]
    public async Task The_rollback_of_a_newer_operator_reaches_users()
    {
        _server.Models = Newer("1", 7, ("stable", 95), ("canary", 5));
        Task watching = Watch();
        await Eventually.TrueAsync(() => Version() == 7, "a router that has just started has the table");
        Assert.That(_readiness.IsReady, Is.True);

        _server.Send("MODIFIED", Newer("2", 8, ("stable", 100)));

        await Eventually.TrueAsync(() => Version() == 8, "the rollback is in force");
        Assert.That(Route()!.Draw.Weights, Is.EqualTo(new RevisionWeight[] { new("stable", 100) }));
        await EndAsync(watching);
    }

    [Test]
    public async Task A_table_that_cannot_be_read_leaves_the_last_one_in_force_also_after_a_new_list()
    {
        string broken = Newer("2", 8, ("stable", 100))
            .Replace("\"targets\":[", "\"targets\":{\"newForm\":1},\"was\":[", StringComparison.Ordinal);
        _server.Models = Newer("1", 7, ("stable", 95), ("canary", 5));
        Task watching = Watch();
        await Eventually.TrueAsync(() => Version() == 7, "the first table is in force");

        _server.Models = broken;
        _server.Send("MODIFIED", broken);
        _server.Send("MODIFIED", Newer("3", 1, ("stable", 100)).Replace("digits", "other", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => _state.Current.Find("other") is not null, "the event after it is read");
        Assert.That(Version(), Is.EqualTo(7));

        _server.Send("ERROR", Expired);
        await Eventually.TrueAsync(
            () => _state.Current.Find("other") is null && _server.ModelLists > 1,
            "the new list, which has no other model, is in force");
        Assert.That(Version(), Is.EqualTo(7));

        _server.Send("MODIFIED", Newer("9", 9, ("stable", 100)));
        await Eventually.TrueAsync(() => Version() == 9, "the next table that can be read is in force");
        await EndAsync(watching);
    }

    [Test]
    public async Task A_watch_that_fails_in_one_part_ends_as_a_whole_and_is_not_ready()
    {
        _server.Models = Newer("1", 7, ("stable", 100));

        Task watching = Watch(new BrokenClock());

        await Assert.ThatAsync(
            () => watching.WaitAsync(TimeSpan.FromSeconds(30)),
            Throws.InvalidOperationException.With.Message.EqualTo("no time"));
        Assert.That(_readiness.IsReady, Is.False);
    }

    private static string Newer(string resourceVersion, long version, params (string Revision, int Weight)[] targets)
    {
        string list = string.Join(',', targets.Select(t => $$"""{"revision":"{{t.Revision}}","weight":{{t.Weight}},"futureTarget":0}"""));
        return $$$"""
            {
              "apiVersion":"modeloperator.io/v1alpha1", "kind":"ModelDeployment", "futureTop":[1],
              "metadata":{"name":"digits","namespace":"default","uid":"u","resourceVersion":"{{{resourceVersion}}}","futureMeta":{}},
              "spec":{
                "model":{"uri":["in","pieces"],"futureSource":true},
                "runtime":{"accelerator":{"kind":"Quantum"},"executionProviders":["Abacus"]},
                "feedback":{"kind":"Ranking","window":5},
                "rollout":{"steps":[{"futureStep":{}}],"analysis":{"onInconclusive":"Ponder","guardrails":[{"name":"g","type":"Drift"}]}}
              },
              "status":{
                "phase":"Meditating", "evaluation":{"revision":"canary","state":"Dreaming"}, "futureStatus":{},
                "routing":{"version":{{{version}}},"futureRouting":"x","targets":[{{{list}}}]}
              }
            }
            """.ReplaceLineEndings("");
    }

    private static string Pod(string name, string revision) => $$$"""
        {
          "metadata":{"name":"{{{name}}}","namespace":"default","uid":"{{{name}}}","resourceVersion":"1",
            "labels":{"{{{Labels.Model}}}":"digits","{{{Labels.Revision}}}":"{{{revision}}}",
              "{{{Labels.Component}}}":"{{{Labels.InferenceComponent}}}"}},
          "spec":{"containers":[{"name":"runtime"}]},
          "status":{"phase":"Running","podIP":"127.0.0.1","conditions":[{"type":"Ready","status":"True"}]}
        }
        """;

    private Task Watch(TimeProvider? clock = null) => new ClusterWatcher(
        _server.Client, "default", _state, new RouterPeers(new RouterOptions { Namespace = "default" }), _readiness,
        clock ?? TimeProvider.System,
        NullLoggerFactory.Instance).RunAsync(_stop.Token);

    private async Task EndAsync(Task watching)
    {
        await _stop.CancelAsync();
        await watching;
    }

    private ModelRoute? Route() => _state.Current.Find("digits");

    private long? Version() => Route()?.TableVersion;

    private sealed class BrokenClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("no time");
    }
}
