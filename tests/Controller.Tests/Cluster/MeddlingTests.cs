using System.Text.Json.Nodes;
using k8s.Models;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>Somebody edits or deletes the stable revision's Deployment in the middle of a rollout.</summary>
[Category("ApiServer")]
public sealed class MeddlingTests
{
    [Test]
    public async Task The_pod_template_of_a_stable_revision_that_was_edited_is_put_back()
    {
        await using Scene scene = await Scene.StartAsync();
        (string stable, string canary) = await CompareAsync(scene);
        V1Deployment meant = (await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{stable}"))!;
        JsonNode containers = JsonNode.Parse("""[{"name":"runtime","image":"localhost/no-such-image:1"}]""")!;

        await scene.Client.MergePatchAsync(
            Resources.Deployments,
            scene.Namespace,
            meant.Metadata.Name,
            new JsonObject
            {
                ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = containers } } },
            },
            CancellationToken.None);

        await Eventually.TrueAsync(
            async () => (await scene.World.FindDeploymentAsync(scene.Namespace, meant.Metadata.Name))!
                .Spec.Template.Spec.Containers.Single().Image == meant.Spec.Template.Spec.Containers.Single().Image,
            "the image is back");
        await AssertGoesOnAsync(scene, stable, canary);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_stable_revision_that_was_deleted_is_made_again_as_it_was(bool operatorIsAway)
    {
        await using Scene scene = await Scene.StartAsync();
        (string stable, string canary) = await CompareAsync(scene);
        V1Deployment meant = (await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{stable}"))!;
        if (operatorIsAway)
        {
            await scene.StopOperatorAsync();
        }

        await scene.Client.DeleteAsync(Resources.Deployments, scene.Namespace, meant.Metadata.Name, CancellationToken.None);
        if (operatorIsAway)
        {
            await scene.StartOperatorAsync();
        }

        V1Deployment? again = null;
        await Eventually.TrueAsync(
            async () => (again = await scene.World.FindDeploymentAsync(scene.Namespace, meant.Metadata.Name))?.Metadata.Uid is { } uid
                && uid != meant.Metadata.Uid,
            "another Deployment of the name");
        Assert.That(
            again!.Metadata.Annotations["modeloperator.io/pod-template-hash"],
            Is.EqualTo(meant.Metadata.Annotations["modeloperator.io/pod-template-hash"]));
        Assert.That(again.Spec.Replicas, Is.EqualTo(meant.Spec.Replicas));
        await AssertGoesOnAsync(scene, stable, canary);
    }

    private static async Task<(string Stable, string Canary)> CompareAsync(Scene scene)
    {
        await scene.ApplyAsync("v1");
        string stable = (await scene.WaitForPhaseAsync(RolloutPhase.Stable)).StableRevision!;
        await scene.ApplyAsync(
            "v2", spec => spec["rollout"]!["steps"] = new JsonArray(new JsonObject { ["weight"] = 20, ["durationSeconds"] = 3600 }));
        return (stable, (await scene.WaitAsync(status => status.CanaryWeight == 20, "20 percent confirmed")).CanaryRevision!);
    }

    private static async Task AssertGoesOnAsync(Scene scene, string stable, string canary)
    {
        ModelDeploymentStatus status = (await scene.GetAsync()).Status!;
        Assert.That((status.StableRevision, status.CanaryRevision, status.CanaryWeight), Is.EqualTo((stable, canary, 20)));
        Assert.That(status.History!.Select(decision => decision.Action), Does.Not.Contain("StableLost"));
    }
}
