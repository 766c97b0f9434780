using System.Text.Json.Nodes;
using k8s.Models;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>Evaluations on a real API server.</summary>
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
public sealed class EvaluationTests
{
    [Test]
    public async Task A_revision_that_passes_gets_traffic_although_the_operator_is_replaced_while_it_is_evaluated()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        string canary = RevisionOf(await scene.ApplyAsync("v2", Asked));
        V1Job job = await scene.Evaluation.JobAsync();
        string pod = await scene.Evaluation.RunAsync(job);
        scene.Evaluation.Progress = PlayedEvaluation.Report(340, 1000, 10, 12);

        ModelDeploymentStatus running = await scene.WaitAsync(status => status.Evaluation?.Rows == 340, "progress in the status");

        Assert.That(running.Phase, Is.EqualTo(RolloutPhase.Evaluating));
        Assert.That(running.Routing!.Version, Is.EqualTo(1), "no table holds the canary");
        Assert.That(
            Condition(running, "Progressing"),
            Is.EqualTo(("True", "EvaluationRunning", $"revision {canary} is evaluated and has no traffic yet: 34 %, 340 of 1,000 rows")));
        Assert.That(
            await scene.World.ServicesAsync(scene.Namespace),
            Is.EquivalentTo(new[] { "digits", $"digits-{stable}", $"digits-{canary}" }));
        Assert.That(
            job.Spec.Template.Spec.Containers[0].Args,
            Is.SupersetOf(new[] { "--canary", $"http://digits-{canary}", "--stable", $"http://digits-{stable}" }));
        Assert.That(job.Metadata.OwnerReferences.Select(owner => owner.Name), Is.EqualTo(new[] { "digits" }));

        await scene.StopOperatorAsync();
        await scene.Evaluation.EndAsync(pod, PlayedEvaluation.Report(1000, 1000, 30, 40));
        await scene.StartOperatorAsync();
        ModelDeploymentStatus passed = await scene.WaitAsync(status => status.CanaryWeight == 20, "the first traffic");

        Assert.That(
            (passed.Evaluation!.State, passed.Evaluation.Rows, passed.Evaluation.Canary!.Good),
            Is.EqualTo((EvaluationState.Passed, 1000, "97.0 %")));
        await Eventually.TrueAsync(
            async () => await scene.World.ServicesAsync(scene.Namespace) is ["digits"],
            "the Services of the revisions are gone");
        await Eventually.TrueAsync(async () => (await scene.World.JobsAsync(scene.Namespace)).Length == 0, "the Job is gone");
        await scene.WaitAsync(status => status.Phase == RolloutPhase.Stable && status.StableRevision == canary, "promotion");
    }

    [Test]
    public async Task A_revision_that_fails_is_rejected_before_any_traffic()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        string canary = RevisionOf(await scene.ApplyAsync("v2", Asked));
        await scene.Evaluation.EndAsync(
            await scene.Evaluation.RunAsync(await scene.Evaluation.JobAsync()), PlayedEvaluation.Report(1000, 1000, 300, 40));

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);

        Assert.That(
            status.Rejected!.Select(rejected => (rejected.Revision, rejected.Reason)),
            Is.EqualTo(new[] { (canary, "EvaluationFailed") }));
        Assert.That(
            status.Rejected![0].Message,
            Does.StartWith("accuracy 70.0 % is below minAccuracyPercent 92; accuracy is 26.0 points below stable's"));
        Assert.That((status.StableRevision, status.Routing!.Version), Is.EqualTo((stable, 1)), "no table ever held the canary");
        Assert.That(scene.Routers.WeightOf(stable), Is.EqualTo(100));
        await Eventually.TrueAsync(async () => (await scene.World.JobsAsync(scene.Namespace)).Length == 0, "the Job is gone");
    }

    [Test]
    public async Task A_data_set_that_is_none_holds_the_revision_and_its_Job_is_not_tried_again_until_it_is_deleted()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Asked);
        V1Job job = await scene.Evaluation.JobAsync();
        await scene.Evaluation.EndAsync(
            await scene.Evaluation.RunAsync(job),
            1,
            """{"reason":"DatasetInvalid","message":"line 7 of the data set: truth is missing"}""");

        ModelDeploymentStatus held = await scene.WaitAsync(status => status.Evaluation?.State == EvaluationState.Error, "an error");

        Assert.That(Condition(held, "Stalled").Reason, Is.EqualTo("EvaluationError"));
        Assert.That(held.Message, Does.Contain("DatasetInvalid: line 7 of the data set: truth is missing"));
        Assert.That((held.Rejected, held.Routing!.Version), Is.EqualTo(((object?)null, 1)));
        await Eventually.TrueAsync(
            async () => (await scene.World.JobsAsync(scene.Namespace)).Single().Spec.Parallelism == 0,
            "no further try");

        await scene.Client.DeleteAsync(Resources.Jobs, scene.Namespace, job.Metadata.Name, CancellationToken.None);
        V1Job again = await scene.Evaluation.JobAsync(notUid: job.Metadata.Uid);
        await scene.Evaluation.EndAsync(await scene.Evaluation.RunAsync(again, 1), PlayedEvaluation.Report(1000, 1000, 30, 40));
        await scene.WaitAsync(status => status.CanaryWeight == 20, "the first traffic");
    }

    [Test]
    public async Task A_pod_that_is_lost_is_tried_again_and_a_Job_that_gives_up_holds_the_revision()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Asked);
        V1Job job = await scene.Evaluation.JobAsync();
        await scene.Evaluation.EndAsync(await scene.Evaluation.RunAsync(job), 137, "");
        ModelDeploymentStatus waiting = await scene.WaitAsync(
            status => status.Evaluation?.Message?.Contains("exit code 137") == true, "the lost pod is told");
        string second = await scene.Evaluation.RunAsync(job, 1);
        await scene.Evaluation.EndAsync(second, 1, """{"reason":"RevisionUnreachable","message":"stable gave no answer"}""");
        await scene.Evaluation.GiveUpAsync(job, "BackoffLimitExceeded");

        ModelDeploymentStatus held = await scene.WaitAsync(status => status.Evaluation?.State == EvaluationState.Error, "an error");

        Assert.That(waiting.Evaluation!.State, Is.EqualTo(EvaluationState.Pending));
        Assert.That(
            held.Evaluation!.Message,
            Is.EqualTo("its pod failed 2 times; the last try: RevisionUnreachable: stable gave no answer"));
        Assert.That((held.Rejected, held.Routing!.Version), Is.EqualTo(((object?)null, 1)));
    }

    [Test]
    public async Task Another_data_set_is_another_evaluation()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Asked);
        V1Job job = await scene.Evaluation.JobAsync();
        await scene.Evaluation.EndAsync(await scene.Evaluation.RunAsync(job), 1, """{"reason":"DatasetNotFound","message":"404"}""");
        await scene.WaitAsync(status => status.Evaluation?.State == EvaluationState.Error, "an error");

        await scene.ApplyAsync("v2", spec =>
        {
            Asked(spec);
            spec["rollout"]!["evaluation"]!["dataset"]!["uri"] = "http://store.example/other.ndjson";
        });
        V1Job other = await scene.Evaluation.JobAsync(notUid: job.Metadata.Uid);

        Assert.That(other.Spec.Template.Spec.Containers[0].Args, Does.Contain("http://store.example/other.ndjson"));
        Assert.That(other.Metadata.Name, Is.Not.EqualTo(job.Metadata.Name), "the Job controller mixes up Jobs of one name");
        await scene.Evaluation.EndAsync(await scene.Evaluation.RunAsync(other, 1), PlayedEvaluation.Report(1000, 1000, 30, 40));
        await scene.WaitAsync(status => status.CanaryWeight == 20, "the first traffic");
    }

    [Test]
    public async Task A_first_revision_goes_live_when_it_passes_and_not_before()
    {
        await using Scene scene = await Scene.StartAsync();
        string revision = RevisionOf(await scene.ApplyAsync("v1", Asked));
        V1Job job = await scene.Evaluation.JobAsync();
        string pod = await scene.Evaluation.RunAsync(job);
        ModelDeploymentStatus running = await scene.WaitAsync(
            status => status.Evaluation?.State == EvaluationState.Running, "the evaluation");
        await scene.Evaluation.EndAsync(pod, PlayedEvaluation.Report(1000, 1000, 30));

        ModelDeploymentStatus stable = await scene.WaitForPhaseAsync(RolloutPhase.Stable);

        Assert.That((running.StableRevision, running.Routing), Is.EqualTo(((string?)null, (RoutingTable?)null)));
        Assert.That(job.Spec.Template.Spec.Containers[0].Args, Does.Not.Contain("--stable"));
        Assert.That(stable.StableRevision, Is.EqualTo(revision));
        Assert.That(stable.Evaluation!.Message, Does.StartWith("970 of 1,000 answers right, 97.0 %"));
    }

    [Test]
    public async Task A_ConfigMap_that_is_not_there_is_named()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", spec =>
        {
            Asked(spec);
            spec["rollout"]!["evaluation"]!["dataset"] = new JsonObject
            {
                ["configMapKeyRef"] = new JsonObject { ["name"] = "rows", ["key"] = "digits" },
            };
        });

        ModelDeploymentStatus status = await scene.WaitAsync(
            status => status.Evaluation?.Message?.Contains("ConfigMap") == true, "the missing ConfigMap");

        Assert.That(status.Evaluation!.State, Is.EqualTo(EvaluationState.Pending));
        Assert.That(status.Evaluation.Message, Does.EndWith($"there is no ConfigMap rows in namespace {scene.Namespace}"));
    }

    [Test]
    public async Task What_is_somebody_elses_is_not_taken_over()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", spec => spec["replicas"] = 0);
        string canary = RevisionOf(await scene.GetAsync());
        await scene.Client.ApplyAsync(
            Resources.Services,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = $"digits-{canary}", ["namespace"] = scene.Namespace },
                ["spec"] = new JsonObject
                {
                    ["ports"] = new JsonArray(new JsonObject { ["port"] = 81, ["protocol"] = "TCP" }),
                    ["selector"] = new JsonObject { ["app"] = "theirs" },
                },
            },
            "somebody",
            CancellationToken.None);
        await scene.ApplyAsync("v2", Asked);

        ModelDeploymentStatus status = await scene.WaitAsync(
            status => status.Evaluation?.Message?.Contains("exists and is not") == true, "the conflict");
        await scene.Client.DeleteAsync(Resources.Services, scene.Namespace, $"digits-{canary}", CancellationToken.None);
        await scene.Evaluation.JobAsync();

        Assert.That(
            status.Evaluation!.Message,
            Does.Contain($"Service digits-{canary} exists and is not this ModelDeployment's: rename or delete it"));
    }

    private static void Asked(JsonObject spec) => spec["rollout"]!["evaluation"] = new JsonObject
    {
        ["dataset"] = new JsonObject { ["uri"] = "http://store.example/digits.ndjson" },
        ["minAccuracyPercent"] = 92,
        ["maxAccuracyDropPercent"] = 1,
    };

    private static async Task<string> BringUpAsync(Scene scene)
    {
        await scene.ApplyAsync("v1");
        return (await scene.WaitForPhaseAsync(RolloutPhase.Stable)).StableRevision!;
    }

    private static string RevisionOf(ModelDeployment model) => RevisionHash.Of(model.Spec, "registry.example/inference-runtime:1");

    private static (string Status, string? Reason, string? Message) Condition(ModelDeploymentStatus status, string type)
    {
        Condition condition = status.Conditions!.Single(condition => condition.Type == type);
        return (condition.Status, condition.Reason, condition.Message);
    }
}
