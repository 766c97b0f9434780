using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
public sealed class RolloutTests
{
    [Test]
    public async Task The_first_revision_goes_live_when_its_pods_are_ready()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.ApplyAsync("v1");

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Stable);

        Assert.That(Condition(status, "Ready").Status, Is.EqualTo("True"));
        Assert.That(Condition(status, "Progressing").Status, Is.EqualTo("False"));
        Assert.That(Condition(status, "Stalled").Status, Is.EqualTo("False"));
        Assert.That(
            (await scene.World.DeploymentsAsync(scene.Namespace)).Select(deployment => deployment.Metadata.Name),
            Is.EquivalentTo(new[] { "model-router", $"digits-{status.StableRevision}" }));
        Assert.That(await scene.World.ServicesAsync(scene.Namespace), Is.EqualTo(new[] { "digits" }));
        Assert.That(
            (await scene.World.CoreV1.ReadNamespacedServiceAccountAsync("model-router", scene.Namespace)).Metadata.Uid,
            Is.Not.Empty);
        Assert.That(
            (await scene.World.RbacAuthorizationV1.ReadNamespacedRoleBindingAsync("model-router", scene.Namespace)).Subjects.Single().Name,
            Is.EqualTo("model-router"));
    }

    [Test]
    public async Task A_budget_keeps_the_routers_from_being_evicted_all_at_once()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);

        // Servers before 1.21 know the beta version alone, those from 1.25 on the other.
        object? budget = await BudgetAsync("v1") ?? await BudgetAsync("v1beta1");

        Assert.That($"{budget}", Does.Contain("\"maxUnavailable\":1"));
        Task<object?> BudgetAsync(string version) =>
            scene.World.CustomObjects
                .GetNamespacedCustomObjectAsync("policy", version, scene.Namespace, "poddisruptionbudgets", "model-router")
                .OrNullAsync();
    }

    [Test]
    public async Task A_canary_that_is_as_good_is_promoted_and_its_pods_stay()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);

        await scene.ApplyAsync("v2");
        ModelDeploymentStatus analyzing = await scene.WaitAsync(status => status.CanaryWeight == 20, "20 percent confirmed");
        string canary = analyzing.CanaryRevision!;
        V1Pod before = (await PodsAsync(scene, canary))[0];
        ModelDeploymentStatus after = await scene.WaitAsync(
            status => status.Phase == RolloutPhase.Stable && status.StableRevision == canary, "promotion");

        Assert.That(canary, Is.Not.EqualTo(stable));
        Assert.That((await PodsAsync(scene, canary)).Select(pod => pod.Metadata.Uid), Does.Contain(before.Metadata.Uid));
        Assert.That(after.History![^1].Action, Is.EqualTo("Promoted"));
        Assert.That(after.Analysis!.Select(guardrail => guardrail.Verdict), Is.All.EqualTo("Safe"));
        await Eventually.TrueAsync(
            async () => (await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{stable}"))!.Spec.Replicas == 0,
            "the earlier revision has no pods");
        await scene.World.EventAsync(scene.Namespace, "Promoted");
    }

    [Test]
    public async Task A_canary_that_answers_worse_is_rolled_back()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        ModelDeployment second = await scene.ApplyAsync("v2");
        string canary = RevisionOf(second);
        scene.Routers.WrongPercent[canary] = 30;

        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);

        Assert.That(status.StableRevision, Is.EqualTo(stable));
        Assert.That(
            status.Rejected!.Select(rejected => (rejected.Revision, rejected.Reason)),
            Is.EqualTo(new[] { (canary, "AccuracyHarmful") }));
        Assert.That(Condition(status, "Ready").Status, Is.EqualTo("True"));
        Assert.That(Condition(status, "Stalled").Status, Is.EqualTo("True"));
        Assert.That(scene.Routers.WeightOf(stable), Is.EqualTo(100));
        await scene.World.EventAsync(scene.Namespace, "AccuracyHarmful");
    }

    [Test]
    public async Task An_operator_that_is_replaced_again_and_again_counts_every_request_once_and_decides_the_same()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync(
            "v2", spec => spec["rollout"]!["steps"] = new JsonArray(new JsonObject { ["weight"] = 20, ["durationSeconds"] = 3600 }));
        string canary = (await scene.WaitAsync(status => status.CanaryWeight == 20, "20 percent confirmed")).CanaryRevision!;
        for (int i = 0; i < 3; i++)
        {
            long requests = (await scene.GetAsync()).Status!.Rollout!.CanaryRequests;
            await scene.StopOperatorAsync();
            await Task.Delay(500);
            await scene.StartOperatorAsync();
            await scene.WaitAsync(status => status.Rollout!.CanaryRequests > requests, "the next operator goes on counting");
        }

        scene.Routers.HasTraffic = false;
        ModelDeploymentStatus status = await scene.WaitAsync(status => scene.Routers.IsRead(status.Cursors!), "all is read");

        Assert.That(status.Rollout!.CanaryRequests, Is.EqualTo(scene.Routers.RequestsBelow(status.Cursors!, canary)));
        Assert.That(status.History!.Count(decision => decision.Action == "Started"), Is.EqualTo(2));
        scene.Routers.WrongPercent[canary] = 30;
        scene.Routers.HasTraffic = true;
        // The good blocks before, as many as the operators took to start, make the bad ones look like chance for a while.
        await scene.WaitForPhaseAsync(RolloutPhase.Rejected, seconds: 240);
    }

    [Test]
    public async Task A_weight_that_routers_do_not_confirm_is_waited_for()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        scene.Routers.FollowsTables = false;
        await scene.ApplyAsync("v2");
        await scene.WaitAsync(status => status.Routing!.Targets.Count == 2, "a table with the canary");
        await Task.Delay(3000);

        ModelDeploymentStatus waiting = (await scene.GetAsync()).Status!;
        Assert.That(
            (waiting.CanaryWeight, waiting.Rollout!.Step, waiting.Rollout.StepConfirmedAt),
            Is.EqualTo((0, 0, (DateTimeOffset?)null)));
        scene.Routers.FollowsTables = true;
        await scene.WaitAsync(status => status.StableRevision == waiting.CanaryRevision, "promotion");
    }

    [Test]
    public async Task Routers_that_do_not_answer_decide_nothing()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await scene.ApplyAsync(
            "v2", spec => spec["rollout"]!["steps"] = new JsonArray(new JsonObject { ["weight"] = 20, ["durationSeconds"] = 3600 }));
        string canary = (await scene.WaitAsync(status => status.CanaryWeight == 20, "20 percent confirmed")).CanaryRevision!;
        scene.Routers.Answers = false;

        ModelDeploymentStatus status = await scene.WaitAsync(status => Condition(status, "Progressing").Reason == "NoMetrics", "NoMetrics");

        Assert.That((status.StableRevision, status.CanaryRevision), Is.EqualTo((stable, canary)));
        Assert.That(Condition(status, "Ready").Status, Is.EqualTo("True"));
    }

    [Test]
    public async Task Requests_that_are_not_split_as_the_table_says_are_told_until_they_are()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        ModelDeployment second = await scene.ApplyAsync(
            "v2", spec => spec["rollout"]!["steps"] = new JsonArray(new JsonObject { ["weight"] = 20, ["durationSeconds"] = 3600 }));
        scene.Routers.DrawnPercent[RevisionOf(second)] = 12;

        ModelDeploymentStatus skewed = await scene.WaitAsync(status => Skewed(status)?.Status == "True", "TrafficSkewed");

        Assert.That(Skewed(skewed)!.Message, Does.Contain("but the routing table gives it 20 percent"));
        Assert.That(skewed.StableRevision, Is.EqualTo(stable));
        Assert.That(skewed.Rollout!.Split, Is.Not.Null, "the API server keeps it");
        await scene.World.EventAsync(scene.Namespace, "TrafficSkewed");
        scene.Routers.DrawnPercent.Clear();
        await scene.WaitAsync(status => Skewed(status) is { Status: "False", Reason: "TrafficMatchesWeights" }, "the split is right again");
    }

    [Test]
    public async Task Going_back_to_the_stable_revision_ends_the_rollout()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await scene.ApplyAsync(
            "v2", spec => spec["rollout"]!["steps"] = new JsonArray(new JsonObject { ["weight"] = 20, ["durationSeconds"] = 3600 }));
        await scene.WaitAsync(status => status.CanaryWeight == 20, "20 percent confirmed");

        await scene.ApplyAsync("v1");
        ModelDeploymentStatus status = await scene.WaitForPhaseAsync(RolloutPhase.Stable);

        Assert.That((status.StableRevision, status.CanaryRevision), Is.EqualTo((stable, (string?)null)));
        Assert.That(scene.Routers.WeightOf(stable), Is.EqualTo(100));
    }

    [Test]
    public async Task The_scale_subresource_sets_the_pods_of_the_stable_revision()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await scene.World.CustomObjects.PatchNamespacedCustomObjectScaleAsync(
            new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 3 } }.MergePatch(),
            ModelDeployment.Group, ModelDeployment.Version, scene.Namespace, ModelDeployment.Plural, "digits");

        ModelDeploymentStatus status = await scene.WaitAsync(status => status.ReadyReplicas == 3, "3 ready pods");

        Assert.That(status.Replicas, Is.EqualTo(3));
        Assert.That(status.Selector, Does.Contain("modeloperator.io/model=digits"));
        Assert.That((await PodsAsync(scene, stable)), Has.Length.EqualTo(3));
    }

    [Test]
    public async Task Probes_and_metrics_are_served()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{scene.Operator.Port}") };

        Assert.That(await http.GetStringAsync("/healthz"), Is.EqualTo("ok\n"));
        Assert.That(await http.GetStringAsync("/readyz"), Is.EqualTo("ok\n"));
        string metrics = await http.GetStringAsync("/metrics");
        Assert.That(metrics, Does.Match("modeloperator_rollout_decisions_total{.*action=\"Promoted\""));
        Assert.That(Exposition.Shape(metrics), Is.SupersetOf((string[])
        [
            "counter controller_runtime_reconcile_total{controller,otel_scope_name,result}",
            "counter modeloperator_rollout_decisions_total{action,otel_scope_name,reason}",
            "counter reflector_lists_total{otel_scope_name,resource}",
            "counter reflector_watches_total{otel_scope_name,resource}",
            "gauge controller_runtime_active_workers{controller,otel_scope_name}",
            "gauge leader_election_master_status{name,otel_scope_name}",
            "gauge workqueue_depth{controller,otel_scope_name}",
            "histogram controller_runtime_reconcile_time_seconds{controller,otel_scope_name} "
                + "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60 +Inf",
        ]));
        Assert.That(await Exposition.ComplaintsAsync(metrics), Is.Null.Or.Empty);
    }

    private static async Task<string> BringUpAsync(Scene scene)
    {
        await scene.ApplyAsync("v1");
        return (await scene.WaitForPhaseAsync(RolloutPhase.Stable)).StableRevision!;
    }

    private static string RevisionOf(ModelDeployment model) => RevisionHash.Of(model.Spec, "registry.example/inference-runtime:1");

    private static Condition Condition(ModelDeploymentStatus status, string type) =>
        status.Conditions!.Single(condition => condition.Type == type);

    private static Condition? Skewed(ModelDeploymentStatus status) =>
        status.Conditions?.Find(condition => condition.Type == "TrafficSkewed");

    private static async Task<V1Pod[]> PodsAsync(Scene scene, string revision) =>
        [.. (await scene.World.CoreV1.ListNamespacedPodAsync(scene.Namespace, labelSelector: $"{Labels.Revision}={revision}")).Items];
}
