using ModelOperator.Api;
using ModelOperator.Controller.Observe;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;

namespace ModelOperator.Controller.Tests.Observe;

[Parallelizable(ParallelScope.All)]
public sealed class RevisionObserverTests
{
    [Test]
    public void Pods_are_counted_for_the_revision_of_their_label()
    {
        Pod leaving = Pods.Inference("r1", pod => pod.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch);
        Pod evicted = Pods.Inference("r1", pod => pod.Status!.Phase = "Failed");
        Pod otherModel = Pods.Inference("r1", pod => pod.Metadata.Labels![Labels.Model] = "letters");

        IReadOnlyList<ObservedRevision> seen = RevisionObserver.Observe(
            Models.Digits(),
            [Deployments.Of("r1", 3), Deployments.Of("r2", 0)],
            [
                Pods.Inference("r1", Pods.MakeReady),
                Pods.Inference("r1"),
                leaving,
                evicted,
                otherModel,
                Pods.Router("router", Pods.MakeReady),
            ]);

        Assert.That(seen.Select(revision => (revision.Revision, revision.DesiredReplicas, revision.Replicas, revision.ReadyReplicas)),
            Is.EqualTo(new[] { ("r1", 3, 2, 1), ("r2", 0, 0, 0) }));
    }

    [Test]
    public void A_revision_whose_pods_are_all_ready_has_no_failure_whatever_an_evicted_pod_said()
    {
        Pod evicted = Pods.Inference("r1", pod => pod.Status = new PodStatus { Phase = "Failed", Reason = "Evicted" });

        IReadOnlyList<ObservedRevision> seen = RevisionObserver.Observe(
            Models.Digits(), [Deployments.Of("r1", 1)], [evicted, Pods.Inference("r1", Pods.MakeReady)]);

        Assert.That(seen[0].Failure, Is.Null);
    }

    [TestCase("must specify limits.cpu", Reasons.PodsRefused)]
    [TestCase("exceeded quota: compute", Reasons.Unschedulable)]
    public void A_Deployment_whose_pods_are_refused_says_so(string refusal, string reason)
    {
        Deployment refused = Deployments.Of("r1", 1);
        refused.Status = new DeploymentStatus
        {
            Conditions = [new Condition { Type = "ReplicaFailure", Status = "True", Reason = "FailedCreate", Message = refusal }],
        };

        IReadOnlyList<ObservedRevision> seen = RevisionObserver.Observe(Models.Digits(), [refused], []);

        Assert.That(seen[0].Failure, Is.EqualTo(new PodFailure(reason, $"the API server refuses the pods: {refusal}")));
    }

    [Test]
    public void The_oldest_ready_pod_says_which_model_the_revision_serves()
    {
        Pod[] pods = [.. "cab".Select((digit, age) => Pods.Inference("r1", pod =>
        {
            Pods.MakeReady(pod);
            pod.Metadata.CreationTimestamp = DateTimeOffset.UnixEpoch.AddMinutes(-age);
            pod.Status!.InitContainerStatuses = [Pods.HasFetched("sha256:" + new string(digit, 64))];
        }))];
        pods[2].Status!.Conditions = null;

        IReadOnlyList<ObservedRevision> seen = RevisionObserver.Observe(Models.Digits(), [Deployments.Of("r1", 3)], pods);

        Assert.That(seen[0].ModelDigest, Is.EqualTo("sha256:" + new string('a', 64)));
    }

    [TestCase("downloaded")]
    [TestCase("""{"reason":"ModelFetched","message":"sha256:1"}""")]
    [TestCase("""{"reason":"DigestMismatch","message":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""")]
    [TestCase(null)]
    public void A_pod_that_says_no_digest_says_nothing(string? message)
    {
        Pod pod = Pods.Inference("r1", pod =>
        {
            Pods.MakeReady(pod);
            pod.Status!.InitContainerStatuses = [Pods.HasFetched("")];
            pod.Status.InitContainerStatuses[0].State!.Terminated!.Message = message;
        });

        Assert.That(RevisionObserver.Observe(Models.Digits(), [Deployments.Of("r1", 1)], [pod])[0].ModelDigest, Is.Null);
    }

    [Test]
    public void A_Deployment_being_deleted_is_gone()
    {
        Deployment leaving = Deployments.Of("r1", 1);
        leaving.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch;

        Assert.That(RevisionObserver.Observe(Models.Digits(), [leaving], []), Is.Empty);
    }

    [Test]
    public void Ready_pods_of_the_stable_revision_are_seen_although_its_Deployment_is_gone()
    {
        ModelDeployment model = Models.Digits(
            digits => digits.Status = new ModelDeploymentStatus { StableRevision = "r1", CanaryRevision = "r2" });
        Pod[] pods = [Pods.Inference("r1", Pods.MakeReady), Pods.Inference("r2"), Pods.Inference("r3", Pods.MakeReady)];

        IReadOnlyList<ObservedRevision> seen = RevisionObserver.Observe(model, [], pods);

        Assert.That(
            seen.Select(revision => (revision.Revision, revision.HasDeployment, revision.ReadyReplicas)),
            Is.EqualTo(new[] { ("r1", false, 1) }));
    }
}
