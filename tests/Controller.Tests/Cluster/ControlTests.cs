using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>Orders of people, given and answered through a real API server.</summary>
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
public sealed class ControlTests
{
    [Test]
    public async Task A_paused_rollout_goes_on_when_somebody_says_so_and_the_order_is_taken_off()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Paused);
        ModelDeploymentStatus paused = await scene.WaitForPhaseAsync(RolloutPhase.Paused);
        Assert.That(paused.CanaryWeight, Is.EqualTo(20));

        OrderStatus order = await OrderAsync(scene, $"promote {paused.CanaryRevision}");

        Assert.That(order.Outcome, Is.EqualTo(OrderOutcome.Done), order.Message);
        ModelDeploymentStatus after = await scene.WaitAsync(
            status => status.Phase == RolloutPhase.Stable && status.StableRevision == paused.CanaryRevision, "promotion");
        Assert.That(after.History!.Select(decision => decision.Action), Is.SupersetOf(new[] { "Paused", "Ordered", "Promoted" }));
        await scene.World.EventAsync(scene.Namespace, "Ordered");
    }

    [Test]
    public async Task What_was_undone_stays_undone_over_a_restart_of_the_operator_and_can_be_tried_again()
    {
        await using Scene scene = await Scene.StartAsync();
        string first = await BringUpAsync(scene);
        await scene.ApplyAsync("v2");
        string second = (await scene.WaitAsync(
            status => status.Phase == RolloutPhase.Stable && status.StableRevision != first, "promotion", seconds: 120)).StableRevision!;

        OrderStatus order = await OrderAsync(scene, "undo");

        Assert.That((order.Outcome, order.By), Is.EqualTo((OrderOutcome.Done, (string?)null)), order.Message);
        await scene.WaitAsync(status => status.Phase == RolloutPhase.Rejected && status.StableRevision == first, "the way back");
        await Eventually.TrueAsync(
            async () => (await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{second}"))!.Spec.Replicas == 0,
            "the later revision has no pods");
        Assert.That(
            (await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{first}"))!.Spec.Template.Spec.InitContainers.Single().Args,
            Has.Some.Contains("models.example/v1/"), "the pods are those of the earlier model");
        await scene.StopOperatorAsync();
        await scene.StartOperatorAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.That((await scene.GetAsync()).Status!.StableRevision, Is.EqualTo(first));

        await OrderAsync(scene, $"retry {second}");

        await scene.WaitAsync(
            status => status.Phase == RolloutPhase.Stable && status.StableRevision == second,
            "the promotion of what was undone",
            seconds: 120);
    }

    [Test]
    public async Task An_order_that_cannot_be_carried_out_is_answered_and_taken_off()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);

        OrderStatus order = await OrderAsync(scene, "abort");

        Assert.That(
            (order.Outcome, order.Message),
            Is.EqualTo((OrderOutcome.Refused, $"no rollout is in progress: revision {stable} serves")));
        await scene.World.EventAsync(scene.Namespace, "OrderRefused");
    }

    [Test]
    public async Task A_restart_replaces_pods_and_begins_no_rollout()
    {
        await using Scene scene = await Scene.StartAsync();
        string stable = await BringUpAsync(scene);
        await Task.Delay(TimeSpan.FromSeconds(1.1));

        await OrderAsync(scene, "restart");

        await Eventually.TrueAsync(
            async () => (await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{stable}"))!.Spec.Template.Metadata.Annotations?
                .ContainsKey("modeloperator.io/restarted-at") == true,
            "the pods' template is another");
        Assert.That((await scene.GetAsync()).Status!.CanaryRevision, Is.Null);
    }

    [Test]
    public async Task An_order_is_carried_out_once_though_the_operator_stops_in_the_middle()
    {
        await using Scene scene = await Scene.StartAsync();
        await BringUpAsync(scene);
        await scene.ApplyAsync("v2", Paused);
        ModelDeploymentStatus paused = await scene.WaitForPhaseAsync(RolloutPhase.Paused);
        await scene.StopOperatorAsync();
        await AnnotateAsync(scene, $"abort {paused.CanaryRevision}");

        await scene.StartOperatorAsync();

        ModelDeploymentStatus after = await scene.WaitForPhaseAsync(RolloutPhase.Rejected);
        Assert.That(after.Rejected!.Single().Reason, Is.EqualTo(Reasons.Aborted));
        await Eventually.TrueAsync(
            async () => (await scene.GetAsync()).Metadata.Annotations?.ContainsKey(Labels.Control) != true,
            "the order is off");
    }

    private static async Task<string> BringUpAsync(Scene scene)
    {
        await scene.ApplyAsync("v1");
        return (await scene.WaitForPhaseAsync(RolloutPhase.Stable)).StableRevision!;
    }

    private static void Paused(JsonObject spec) =>
        spec["rollout"]!["steps"]!.AsArray().Insert(1, new JsonObject { ["pause"] = new JsonObject() });

    private static Task AnnotateAsync(Scene scene, string order) => scene.Client.MergePatchAsync(
        ModelDeploymentResource.Type,
        scene.Namespace,
        "digits",
        new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [Labels.Control] = order } } },
        CancellationToken.None);

    /// <summary>Gives an order and waits until it is answered and off.</summary>
    private static async Task<OrderStatus> OrderAsync(Scene scene, string order)
    {
        await AnnotateAsync(scene, order);
        await Eventually.TrueAsync(
            async () => await scene.GetAsync() is { Status.LastOrder: { Pending: null } last } model && last.Order == order
                && model.Metadata.Annotations?.ContainsKey(Labels.Control) != true,
            $"the order {order} is answered",
            TimeSpan.FromSeconds(30));
        return (await scene.GetAsync()).Status!.LastOrder!;
    }
}
