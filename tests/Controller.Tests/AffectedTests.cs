using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using NSubstitute;

namespace ModelOperator.Controller.Tests;

[Parallelizable(ParallelScope.All)]
public sealed class AffectedTests
{
    private static readonly IEntityStore<ModelDeployment> Stored = Store(Models.Named("digits", "1"), Models.Named("letters", "2"));

    [Test]
    public void A_serving_pod_is_its_models() =>
        Assert.That(Affected.ByPod(Pods.Inference("r1"), Stored), Is.EqualTo(new[] { new EntityKey("vision", "digits") }));

    [Test]
    public void A_router_pod_is_everybodys() =>
        Assert.That(
            Affected.ByPod(Pods.Router("model-router-abc"), Stored),
            Is.EqualTo(new[] { new EntityKey("vision", "digits"), new EntityKey("vision", "letters") }));

    [Test]
    public void A_Deployment_is_its_models_and_the_routers_is_everybodys()
    {
        Assert.That(
            Affected.ByDeployment(Deployment("digits-0123456789", "digits"), Stored),
            Is.EqualTo(new[] { new EntityKey("vision", "digits") }));
        Assert.That(Affected.ByDeployment(Deployment("model-router", null), Stored).Count(), Is.EqualTo(2));
    }

    [Test]
    public void A_pod_with_our_label_and_no_model_is_nobodys()
    {
        Pod pod = Pods.Inference("r1", pod => pod.Metadata.Labels!.Remove(Labels.Model));

        Assert.That(Affected.ByPod(pod, Stored), Is.Empty);
    }

    private static Deployment Deployment(string name, string? model) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "vision", Labels = model is null ? [] : new() { [Labels.Model] = model } },
    };

    private static IEntityStore<ModelDeployment> Store(params ModelDeployment[] models)
    {
        IEntityStore<ModelDeployment> store = Substitute.For<IEntityStore<ModelDeployment>>();
        store.List("vision").Returns(models);
        return store;
    }
}
