using System.Text.Json.Nodes;
using ModelOperator.Testing;

namespace ModelOperator.Cli.Tests.Cluster;

/// <summary>The plugin with a real kubectl and a real API server. The test is the operator.</summary>
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RealClusterTests : IAsyncDisposable
{
    private RealCluster _cluster = null!;

    [SetUp]
    public async Task Start() => _cluster = await RealCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [TestCase("Done", 0)]
    [TestCase("Refused", 3)]
    public async Task The_outcome_of_an_order_is_told(string outcome, int exitCode)
    {
        await _cluster.CreateAsync("fraud", Objects.Canary);

        var running = _cluster.RunAsync("abort", "fraud");
        await Eventually.TrueAsync(async () => await _cluster.OrderAsync("fraud") == "abort bbbb", "the order is there");
        await _cluster.SetStatusAsync("fraud", new JsonObject
        {
            ["lastOrder"] = new JsonObject
            {
                ["order"] = "abort bbbb",
                ["by"] = "alice",
                ["time"] = "2026-11-29T12:00:01Z",
                ["outcome"] = outcome,
                ["message"] = "so it is",
                ["pending"] = true,
            },
        });
        var result = await running;

        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.Error);
        Assert.That(result.Output + result.Error, Does.Contain("abort bbbb").And.Contain(": so it is\n"));
    }

    [Test]
    public async Task Pause_and_resume_change_the_spec_and_nothing_else()
    {
        await _cluster.CreateAsync("fraud", Objects.Canary);
        var before = (await _cluster.ReadAsync("fraud"))["spec"]!;

        var pause = await _cluster.RunAsync("pause", "fraud");
        var paused = (await _cluster.ReadAsync("fraud"))["spec"]!;
        var resume = await _cluster.RunAsync("resume", "fraud");
        var resumed = (await _cluster.ReadAsync("fraud"))["spec"]!;

        Assert.Multiple(() =>
        {
            Assert.That(pause.Output, Does.StartWith("fraud is paused: canary bbbb keeps its weight"), pause.Error);
            Assert.That((bool?)paused["rollout"]!["paused"], Is.True);
            Assert.That(resume.Output, Is.EqualTo("fraud goes on: canary bbbb may get more requests and be promoted\n"), resume.Error);
            Assert.That(resumed["rollout"]!["paused"], Is.Null);
            paused["rollout"]!.AsObject().Remove("paused");
            Assert.That(JsonNode.DeepEquals(paused, resumed), Is.True, "the rest of the spec is as it was");
            Assert.That((string?)resumed["model"]!["uri"], Is.EqualTo((string?)before["model"]!["uri"]));
        });
    }

    [Test]
    public async Task An_order_lands_and_is_taken_back_when_nobody_takes_it_up()
    {
        await _cluster.CreateAsync("fraud", Objects.Canary);

        var running = _cluster.RunAsync("promote", "fraud", "--full", "--timeout", "4s");
        await Eventually.TrueAsync(async () => await _cluster.OrderAsync("fraud") == "promote-full bbbb", "the order is there");
        var result = await running;

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((4, "")));
        Assert.That(result.Error, Does.Contain("did not take up the order \"promote-full bbbb\" in 4s. The order is taken back"));
        Assert.That(await _cluster.OrderAsync("fraud"), Is.Null);
    }

    [Test]
    public async Task Somebody_elses_order_is_never_taken_back()
    {
        await _cluster.CreateAsync("fraud", Objects.Canary);

        var running = _cluster.RunAsync("abort", "fraud", "--timeout", "4s");
        await Eventually.TrueAsync(async () => await _cluster.OrderAsync("fraud") == "abort bbbb", "the order is there");
        await _cluster.RunKubectlAsync("", "annotate", "mdep", "fraud", "modeloperator.io/control=promote bbbb", "--overwrite");
        var result = await running;

        Assert.That(result.ExitCode, Is.EqualTo(4));
        Assert.That(result.Error, Does.Contain("somebody put another in its place, \"promote bbbb\""));
        Assert.That(await _cluster.OrderAsync("fraud"), Is.EqualTo("promote bbbb"));
    }

    [Test]
    public async Task The_suggested_command_takes_an_order_back()
    {
        await _cluster.CreateAsync("fraud", Objects.Canary);
        await _cluster.RunKubectlAsync("", "annotate", "mdep", "fraud", "modeloperator.io/control=promote bbbb");

        var result = await _cluster.RunAsync("abort", "fraud");
        string suggested = result.Error[(result.Error.IndexOf("kubectl annotate", StringComparison.Ordinal) + "kubectl ".Length)..].Trim();
        await _cluster.RunKubectlAsync("", suggested.Split(' '));

        Assert.That((result.ExitCode, await _cluster.OrderAsync("fraud")), Is.EqualTo((3, (string?)null)));
    }

    [Test]
    public async Task List_status_and_history_read_what_the_server_holds()
    {
        await _cluster.CreateAsync("fraud", """
            {"phase":"Analyzing","stableRevision":"aaaa","canaryRevision":"bbbb","canaryWeight":25,"traffic":[{"revision":"aaaa","weight":75},{"revision":"bbbb","weight":25}],
             "rollout":{"startedAt":"2026-11-29T11:00:00Z","readyAt":"2026-11-29T11:00:00Z","step":1,"steps":3},
             "history":[{"time":"2026-11-29T11:00:00Z","action":"Started","revision":"bbbb","reason":"RolloutStarted","message":"it begins"}]}
            """);

        var (list, status, history) = (
            await _cluster.RunAsync("list"),
            await _cluster.RunAsync("status", "fraud"),
            await _cluster.RunAsync("history", "fraud"));

        Assert.Multiple(() =>
        {
            Assert.That(list.Lines, Has.Length.EqualTo(2), list.Error);
            Assert.That(list.Lines[1], Does.Match("^fraud +Unknown +Analyzing +aaaa +bbbb +25 % +2/3 +- +Started .* ago$"));
            Assert.That(status.Lines[0], Is.EqualTo($"fraud in namespace {_cluster.Namespace}: Analyzing"), status.Error);
            Assert.That(status.Lines, Has.Some.Matches("^bbbb +canary +25 % +-$"));
            Assert.That(history.Lines[1], Does.Match("^2026-11-29T11:00:00Z +Started +bbbb +- +RolloutStarted +it begins$"), history.Error);
        });
    }

    [Test]
    public async Task All_namespaces_are_listed_with_their_names()
    {
        await _cluster.CreateAsync("fraud", Objects.Stable);

        var result = await _cluster.RunAsync("list", "-A");

        Assert.That(result.Lines, Has.Some.Matches($"^{_cluster.Namespace} +fraud +Unknown +Stable +aaaa"), result.Error);
    }

    [Test]
    public async Task Yaml_is_that_of_kubectl()
    {
        await _cluster.CreateAsync("fraud", Objects.Stable);

        var result = await _cluster.RunAsync("status", "fraud", "-o", "yaml");

        Assert.That(result.Output, Is.EqualTo(await _cluster.RunKubectlAsync("", "get", "mdep", "fraud", "-o", "yaml")), result.Error);
    }

    [Test]
    public async Task What_is_not_there_is_named()
    {
        var result = await _cluster.RunAsync("promote", "fraud");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(
            result.Error,
            Does.StartWith("kubectl-model: fraud: there is no ModelDeployment of this name in namespace "
                + $"{_cluster.Namespace}; kubectl model list"));
    }

    [Test]
    public async Task Who_has_no_right_is_told_which_roles_give_it()
    {
        await _cluster.CreateAsync("fraud", Objects.Stable);

        var result = await _cluster.RunWithAsync(config => config["users"]![0]!["user"]!["as"] = "eve", "status", "fraud");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(
            result.Error,
            Does.StartWith("kubectl-model: fraud: you may not do this: ")
                .And.Contain("User \"eve\" cannot get resource \"modeldeployments\"")
                .And.Contain("model-operator-view"));
    }

    [Test]
    public async Task Who_has_no_credentials_is_told_to_log_in()
    {
        var result = await _cluster.RunWithAsync(config => config["users"]![0]!["user"] = new JsonObject { ["token"] = "wrong" }, "list");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.StartWith("kubectl-model: the cluster does not accept your credentials: "));
    }

    [Test]
    public async Task A_cluster_that_is_not_there_is_told_of()
    {
        var result = await _cluster.RunWithAsync(config => config["clusters"]![0]!["cluster"]!["server"] = "https://127.0.0.1:1", "list");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.StartWith("kubectl-model: no cluster answers: ").And.Contain("127.0.0.1:1"));
    }

    [Test]
    public async Task A_context_that_is_not_there_is_named()
    {
        var result = await _cluster.RunAsync("list", "--context", "nowhere");

        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.StartWith("kubectl-model: kubectl failed: ").And.Contain("nowhere"));
    }
}
