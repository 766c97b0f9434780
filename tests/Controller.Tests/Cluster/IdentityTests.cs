using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using ModelOperator.Api;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Cluster;

/// <summary>A revision is one image and one model, whatever happens to the operator and to the store.</summary>
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
public sealed class IdentityTests
{
    private static readonly string First = "sha256:" + new string('a', 64);
    private static readonly string Changed = "sha256:" + new string('b', 64);

    [Test]
    public async Task An_operator_with_another_default_image_starts_no_rollout_and_a_new_revision_has_it()
    {
        await using Scene scene = await Scene.StartAsync();
        await scene.ApplyAsync("v1");
        ModelDeploymentStatus before = await scene.WaitForPhaseAsync(RolloutPhase.Stable);
        V1Deployment stable = (await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{before.StableRevision}"))!;
        await scene.StopOperatorAsync();
        await scene.World.AppsV1.DeleteNamespacedDeploymentAsync(stable.Metadata.Name, scene.Namespace);

        await scene.StartOperatorAsync("registry.example/inference-runtime:2");
        V1Deployment? again = null;
        await Eventually.TrueAsync(
            async () => (again = await scene.World.FindDeploymentAsync(scene.Namespace, stable.Metadata.Name)) is not null,
            "the operator has looked after the model, and made the Deployment that somebody deleted");
        ModelDeploymentStatus after = await scene.WaitForPhaseAsync(RolloutPhase.Stable);

        Assert.That((after.StableRevision, after.CanaryRevision), Is.EqualTo((before.StableRevision, (string?)null)));
        Assert.That(Image(again!), Is.EqualTo("registry.example/inference-runtime:1"));
        Assert.That(after.History!.Select(decision => decision.Action), Is.EqualTo(before.History!.Select(decision => decision.Action)));

        await scene.ApplyAsync("v2");
        ModelDeploymentStatus next = await scene.WaitAsync(status => status.CanaryRevision is not null, "a canary");
        V1Deployment? canary = null;
        await Eventually.TrueAsync(
            async () => (canary = await scene.World.FindDeploymentAsync(scene.Namespace, $"digits-{next.CanaryRevision}")) is not null,
            "its Deployment");
        Assert.That(Image(canary!), Is.EqualTo("registry.example/inference-runtime:2"));
    }

    [Test]
    public async Task A_file_that_is_replaced_gives_a_revision_no_second_model()
    {
        await using Scene scene = await Scene.StartAsync();
        int fetched = 0;
        scene.Kubelet.Fetches = deployment =>
            deployment.Metadata.Name == "model-router" ? null : Interlocked.Increment(ref fetched) == 1 ? First : Changed;
        await scene.ApplyAsync("v1", WithoutDigest);

        ModelDeploymentStatus status = await scene.WaitAsync(
            seen => seen.Revisions is [{ ModelDigest: not null }], "the digest of the model");
        Assert.That(status.Revisions![0].ModelDigest, Is.EqualTo(First));
        await scene.World.EventAsync(scene.Namespace, "DigestMismatch");
        V1ConfigMap told = await scene.World.CoreV1.ReadNamespacedConfigMapAsync("model-digests", scene.Namespace);
        Assert.That(
            told.Data,
            Is.EquivalentTo(new Dictionary<string, string> { [$"digits.{status.StableRevision}"] = First }),
            "what the next pods are told");

        scene.Kubelet.Fetches = _ => First;
        await scene.WaitAsync(seen => seen is { Phase: RolloutPhase.Stable, ReadyReplicas: 2 }, "pods that fetched what they were told");
        V1PodList pods = await scene.World.CoreV1.ListNamespacedPodAsync(
            scene.Namespace, labelSelector: $"modeloperator.io/revision={status.StableRevision}");
        Assert.That(
            pods.Items.SelectMany(pod => pod.Status.InitContainerStatuses).Select(container => container.State.Terminated.Message),
            Is.All.Contains(First));
    }

    [Test]
    public async Task A_deleted_model_leaves_no_digest_to_the_next_of_its_name()
    {
        await using Scene scene = await Scene.StartAsync();
        scene.Kubelet.Fetches = _ => First;
        await scene.ApplyAsync("v1", WithoutDigest);
        await scene.WaitForPhaseAsync(RolloutPhase.Stable);
        await scene.World.CustomObjects.DeleteNamespacedCustomObjectAsync(
            ModelDeployment.Group, ModelDeployment.Version, scene.Namespace, ModelDeployment.Plural, "digits");

        scene.Kubelet.Fetches = _ => Changed;
        ModelDeployment next = await scene.ApplyAsync("v1", WithoutDigest);

        await Eventually.TrueAsync(
            async () => (await scene.World.CoreV1.ReadNamespacedConfigMapAsync("model-digests", scene.Namespace)) is { } told
                && told.Metadata.OwnerReferences.Any(owner => owner.Uid == next.Metadata.Uid)
                && told.Data?.Values.Contains(First) != true,
            "the digest of the earlier model is gone");
    }

    private static void WithoutDigest(JsonObject spec) => spec["model"]!.AsObject().Remove("digest");

    private static string Image(V1Deployment deployment) =>
        deployment.Spec.Template.Spec.InitContainers.Single(container => container.Name == "fetch").Image;
}
