using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests.Traffic;

/// <summary>A pod is a router because of who made it, not because of what it carries.</summary>
public sealed class RouterPodsTests
{
    [Test]
    public void A_pod_of_the_routers_deployment_is_a_router() =>
        Assert.That(RouterPods.IsOne(Pods.Router("model-router-5d8f-abcde")), Is.True);

    private static IEnumerable<TestCaseData> Impostors()
    {
        yield return Case("nobody made it", pod => pod.Metadata.OwnerReferences = null);
        yield return Case("another ReplicaSet made it", pod => pod.Metadata.OwnerReferences![0].Name = "shop-5d8f");
        yield return Case("it is of another template", pod => pod.Metadata.Labels!["pod-template-hash"] = "6e90");
        yield return Case("a Job made it", pod => pod.Metadata.OwnerReferences![0].Kind = "Job");
        yield return Case("its owner does not manage it", pod => pod.Metadata.OwnerReferences![0].Controller = false);
        yield return Case("it serves a model", pod => pod.Metadata.Labels!["app.kubernetes.io/component"] = "inference");

        static TestCaseData Case(string name, Action<Pod> change) => new TestCaseData(change).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Impostors))]
    public void Labels_make_no_router(Action<Pod> change) =>
        Assert.That(RouterPods.IsOne(Pods.Router("model-router-5d8f-abcde", change)), Is.False);
}
