using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using ModelOperator.Api;
using ModelOperator.Controller.Tests.Sources;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>Guardrails whose evidence comes from elsewhere, in rollouts on a real API server.</summary>
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
public sealed class SourceTests
{
    private const string Check = """{"spec": {"containers": [{"name": "check", "image": "registry.example/check:1"}]}}""";

    [Test]
    public async Task A_webhook_that_finds_the_canary_harmful_ends_the_rollout()
    {
        int calls = 0;
        await using SourceServer webhook = await SourceServer.StartAsync(context => context.Response.WriteAsync(
            Interlocked.Increment(ref calls) < 3
                ? """{"verdict":"Continue"}"""
                : """{"verdict":"Harmful","message":"customers complain"}"""));
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);

        await scene.ApplyAsync("v2", Guarded(Webhook(webhook.Address)));
        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);

        Assert.That((status.StableRevision, status.Rejected!.Single().Reason), Is.EqualTo((stable, "GateHarmful")));
        Assert.That(status.Rejected![0].Message, Does.Contain("customers complain"));
        var call = JsonNode.Parse(webhook.Requests.First().Body)!;
        Assert.That(
            (
                (string?)call["name"],
                (string?)call["namespace"],
                (string?)call["revision"],
                (string?)call["stableRevision"],
                (string?)call["guardrail"]),
            Is.EqualTo(("digits", scene.Namespace, status.Rejected![0].Revision, stable, "approval")));
        Assert.That((int)call["canaryWeight"]!, Is.EqualTo(20));
    }

    [Test]
    public async Task A_webhook_that_is_lost_decides_nothing_and_is_told_of_and_its_last_word_is_not_asked_for_again()
    {
        bool works = false;
        await using SourceServer webhook = await SourceServer.StartAsync(context =>
        {
            context.Response.StatusCode = works ? 200 : 503;
            return Task.CompletedTask;
        });
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Guarded(Webhook(webhook.Address)));

        ModelDeploymentStatus lost = await scene.WaitAsync(status => Reason(status) == "MetricsUnavailable", "MetricsUnavailable");
        await scene.World.EventAsync(scene.Namespace, "MetricsUnavailable");
        Assert.That(lost.Analysis!.Single(g => g.Name == "approval").Source!.Problem, Does.Contain("503"));
        await Task.Delay(3000);
        Assert.That((await scene.GetAsync()).Status!.CanaryRevision, Is.EqualTo(lost.CanaryRevision), "neither promoted nor rolled back");
        works = true;
        await scene.WaitAsync(status => Verdict(status, "approval") == "Safe", "Safe");
        int asked = webhook.Requests.Count;
        await scene.WaitAsync(status => status.StableRevision == lost.CanaryRevision, "promotion");

        Assert.That(webhook.Requests, Has.Count.EqualTo(asked));
    }

    [Test]
    public async Task A_slow_webhook_does_not_hold_up_a_rollback()
    {
        await using SourceServer webhook = await SourceServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        ModelDeployment second = await scene.ApplyAsync("v2", Guarded(Webhook(webhook.Address, timeoutSeconds: 60)));
        scene.Routers.WrongPercent[RevisionOf(second)] = 30;

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);

        Assert.That(status.Rejected!.Single().Reason, Is.EqualTo("AccuracyHarmful"));
        Assert.That(webhook.Requests, Has.Count.EqualTo(1), "one question at a time");
    }

    [Test]
    public async Task Counters_from_Prometheus_are_counted_once_however_often_the_operator_is_replaced()
    {
        await using PlayedPrometheus prometheus = await PlayedPrometheus.StartAsync();
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", spec =>
        {
            Guarded(Prometheus(prometheus.Address))(spec);
            spec["rollout"]!["steps"] = new JsonArray(new JsonObject { ["weight"] = 20, ["durationSeconds"] = 3600 });
        });
        ModelDeploymentStatus first = await scene.WaitAsync(status => Counted(status) > 0, "the first counts");
        long from = Stand(first) - Counted(first);
        for (int i = 0; i < 2; i++)
        {
            long before = Counted((await scene.GetAsync()).Status!);
            await scene.StopOperatorAsync();
            await Task.Delay(1500);
            await scene.StartOperatorAsync();
            await scene.WaitAsync(status => Counted(status) > before, "the next operator goes on counting");
        }

        prometheus.Stop();
        ModelDeploymentStatus status = await scene.WaitAsync(
            status => Stand(status) == prometheus.Total, "the last answer");

        Assert.That(Counted(status), Is.EqualTo(prometheus.Total - from));
    }

    [Test]
    public async Task A_canary_that_sells_worse_is_rolled_back()
    {
        await using PlayedPrometheus prometheus = await PlayedPrometheus.StartAsync();
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        ModelDeployment second = await scene.ApplyAsync("v2", Guarded(Prometheus(prometheus.Address)));
        prometheus.BadPercent[RevisionOf(second)] = 40;

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);

        Assert.That(status.Rejected!.Single().Reason, Is.EqualTo("MetricHarmful"));
    }

    [Test]
    public async Task A_Job_that_says_harmful_ends_the_rollout_and_stays_until_the_next()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Guarded(JobGate()));
        V1Job job = await scene.World.JobAsync(scene.Namespace);
        string canary = (await scene.GetAsync()).Status!.CanaryRevision!;
        Assert.That(job.Metadata.Name, Does.Match($"^digits-{canary}-approval-[0-9a-f]{{8}}$"));
        Assert.That(job.Metadata.OwnerReferences.Single().Uid, Is.EqualTo((await scene.GetAsync()).Metadata.Uid));
        Assert.That((job.Spec.BackoffLimit, job.Spec.ActiveDeadlineSeconds), Is.EqualTo((0, 3600L)));

        await PlayedJob.PlayAsync(
            scene.World,
            job,
            """
            {"phase":"Failed","containerStatuses":[{"name":"check","image":"i","imageID":"","ready":false,"restartCount":0,"state":{"terminated":{"exitCode":1,
            "message":"{\"verdict\":\"Harmful\",\"message\":\"12 of 40 reference answers differ\"}"}}}]}
            """);
        await PlayedJob.EndAsync(scene.World, job, "Failed", "BackoffLimitExceeded");
        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);

        Assert.That((status.StableRevision, status.Rejected!.Single().Reason), Is.EqualTo((stable, "GateHarmful")));
        Assert.That(status.Rejected![0].Message, Does.Contain("12 of 40 reference answers differ"));
        await Task.Delay(1000);
        Assert.That(await scene.World.JobsAsync(scene.Namespace), Has.Length.EqualTo(1), "its logs can still be read");
        await scene.ApplyAsync("v3", Guarded(JobGate()));
        await Eventually.TrueAsync(
            async () => (await scene.World.JobsAsync(scene.Namespace)) is [{ } next] && next.Metadata.Uid != job.Metadata.Uid,
            "the next rollout's Job in its place");
    }

    [Test]
    public async Task A_pod_that_is_evicted_is_no_data_until_somebody_runs_the_Job_again()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Guarded(JobGate()));
        V1Job job = await scene.World.JobAsync(scene.Namespace);
        string canary = (await scene.GetAsync()).Status!.CanaryRevision!;

        await PlayedJob.PlayAsync(
            scene.World, job, """{"phase":"Failed","reason":"Evicted","message":"The node was low on resource: memory."}""");
        await PlayedJob.EndAsync(scene.World, job, "Failed", "BackoffLimitExceeded");
        ModelDeploymentStatus evicted = await scene.WaitAsync(status => Reason(status) == "MetricsUnavailable", "MetricsUnavailable");
        Assert.That(evicted.Analysis!.Single(g => g.Name == "approval").Source!.Problem, Does.Contain("low on resource: memory"));
        await PlayedJob.RemovePodAsync(scene.World, job);
        await scene.Client.DeleteAsync(Resources.Jobs, scene.Namespace, job.Metadata.Name, CancellationToken.None);
        V1Job again = await scene.World.JobAsync(scene.Namespace, notUid: job.Metadata.Uid);
        await PlayedJob.PlayAsync(
            scene.World,
            again,
            """{"phase":"Succeeded","containerStatuses":[{"name":"check","image":"i","imageID":"","ready":false,"restartCount":0"""
            + ""","state":{"terminated":{"exitCode":0}}}]}""");
        await PlayedJob.EndAsync(scene.World, again, "Complete", "Completed");

        await scene.WaitAsync(status => status.StableRevision == canary, "promotion");
    }

    [Test]
    public async Task A_Job_that_runs_is_ended_with_its_rollout()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Guarded(JobGate()));
        await scene.World.JobAsync(scene.Namespace);
        ModelDeploymentStatus status = (await scene.GetAsync()).Status!;
        Assert.That(
            await scene.World.ServicesAsync(scene.Namespace),
            Is.EquivalentTo(new[] { "digits", $"digits-{status.StableRevision}", $"digits-{status.CanaryRevision}" }),
            "it can ask both revisions");

        await scene.ApplyAsync("v1", Guarded(JobGate()));
        await scene.WaitForPhaseAsync(RolloutPhase.Stable);

        await Eventually.TrueAsync(async () => (await scene.World.JobsAsync(scene.Namespace)).Length == 0, "no Job");
        await Eventually.TrueAsync(async () => await scene.World.ServicesAsync(scene.Namespace) is ["digits"], "no Service of a revision");
    }

    [Test]
    public async Task What_is_somebody_else_s_is_not_taken_over()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Guarded(JobGate()));
        string name = (await scene.World.JobAsync(scene.Namespace)).Metadata.Name;
        await scene.StopOperatorAsync();
        await scene.Client.DeleteAsync(Resources.Jobs, scene.Namespace, name, CancellationToken.None);
        var foreign = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = scene.Namespace },
            ["spec"] = new JsonObject
            {
                ["parallelism"] = 0,
                ["template"] = JsonNode.Parse("""{"spec": {"restartPolicy": "Never", "containers": [{"name": "x", "image": "x"}]}}"""),
            },
        };
        await Eventually.TrueAsync(async () => (await scene.World.JobsAsync(scene.Namespace)).Length == 0, "the Job to go");
        await scene.Client.ApplyAsync(Resources.Jobs, foreign, "somebody", CancellationToken.None);

        await scene.StartOperatorAsync();
        ModelDeploymentStatus status = await scene.WaitAsync(status => Reason(status) == "MetricsUnavailable", "MetricsUnavailable");

        Assert.That(
            status.Analysis!.Single(g => g.Name == "approval").Source!.Problem,
            Is.EqualTo($"a Job {name} that is not the operator's is there; rename or delete it"));
        Assert.That((await scene.World.JobAsync(scene.Namespace)).Metadata.Labels, Is.Null.Or.Not.ContainKey("modeloperator.io/model"));
    }

    [Test]
    public async Task A_Job_the_API_server_refuses_is_no_data_and_the_status_says_why()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync(
            "v2", Guarded(JobGate("""{"spec": {"containers": [{"name": "Check!", "image": "registry.example/check:1"}]}}""")));

        ModelDeploymentStatus status = await scene.WaitAsync(status => Reason(status) == "MetricsUnavailable", "MetricsUnavailable");

        Assert.That(status.Analysis!.Single(g => g.Name == "approval").Source!.Problem, Does.Contain("Check!"));
    }

    private static async Task<string> BringUpAsync(Scene scene)
    {
        await scene.ApplyAsync("v1");
        return (await scene.WaitForPhaseAsync(RolloutPhase.Stable)).StableRevision!;
    }

    private static Action<JsonObject> Guarded(JsonObject guardrail) => spec => spec["rollout"]!["analysis"]!["guardrails"] =
        new JsonArray(new JsonObject { ["name"] = "accuracy", ["type"] = "Accuracy", ["marginPercent"] = 5 }, guardrail.DeepClone());

    private static JsonObject Webhook(string url, int timeoutSeconds = 5) => new()
    {
        ["name"] = "approval",
        ["type"] = "Webhook",
        ["webhook"] = new JsonObject { ["url"] = url, ["timeoutSeconds"] = timeoutSeconds },
    };

    private static JsonObject JobGate(string template = Check) => new()
    {
        ["name"] = "approval",
        ["type"] = "Job",
        ["job"] = new JsonObject { ["template"] = JsonNode.Parse(template) },
    };

    private static JsonObject Prometheus(string address) => new()
    {
        ["name"] = "sales",
        ["type"] = "Prometheus",
        ["marginPercent"] = 5,
        ["prometheus"] = new JsonObject
        {
            ["address"] = address,
            ["badQuery"] = "bad {{revision}}",
            ["totalQuery"] = "total {{revision}}",
        },
    };

    private static long Counted(ModelDeploymentStatus status) => status.Analysis?.Find(g => g.Name == "sales")?.Canary?.Total ?? 0;

    private static long Stand(ModelDeploymentStatus status) => status.Analysis!.Single(g => g.Name == "sales").Source!.Canary!.Total;

    private static string? Verdict(ModelDeploymentStatus status, string guardrail) =>
        status.Analysis?.Find(g => g.Name == guardrail)?.Verdict;

    private static string Reason(ModelDeploymentStatus status) =>
        status.Conditions!.Single(condition => condition.Type == "Progressing").Reason;

    private static string RevisionOf(ModelDeployment model) => RevisionHash.Of(model.Spec, "registry.example/inference-runtime:1");
}
