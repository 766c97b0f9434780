using ModelOperator.Api;

namespace ModelOperator.Rollouts.Tests;

/// <summary>A revision serves one model, also when its address does not name one.</summary>
public class ModelPinTests
{
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Test]
    public void One_pod_says_which_model_it_is_before_the_others_come()
    {
        Plan begun = SinglePlan.Plan(Input(new ModelDeploymentStatus()));
        Plan waits = SinglePlan.Plan(Input(begun.Status, Coming(desired: 1)));
        Plan knows = SinglePlan.Plan(Input(waits.Status, SinglePlan.Ready("v1", 1) with { ModelDigest = Digest }));

        Assert.That((Replicas(begun), Replicas(waits), Replicas(knows)), Is.EqualTo((1, 1, 4)));
        Assert.That(knows.Status.Revisions!.Single().ModelDigest, Is.EqualTo(Digest), "in the very status that sends requests to the pod");
        Assert.That(knows.Status.Routing!.Targets.Single().Revision, Is.EqualTo("v1"));
    }

    [Test]
    public void The_other_pods_have_as_long_to_start_as_the_first_one_had()
    {
        EffectiveSpec spec = SinglePlan.Resolve(Specs.Digits(weights: [100]));
        PlannerInput input = SinglePlan.Input(SinglePlan.Stable(), "v2") with
        {
            Spec = spec with { Model = new ModelSource { Uri = "https://models.example/digits.onnx" } },
        };
        ModelDeploymentStatus begun = SinglePlan.Plan(input).Status;
        Assert.That(begun.Rollout!.UnreadySince, Is.EqualTo(SinglePlan.Now));

        PlannerInput later = input with
        {
            Status = begun,
            Now = SinglePlan.Now.AddSeconds(50),
            World = World(SinglePlan.Ready("v2", 1) with { ModelDigest = Digest }),
        };
        ModelDeploymentStatus first = SinglePlan.Plan(later).Status;
        ModelDeploymentStatus second = SinglePlan.Plan(later with
        {
            Status = first,
            Now = SinglePlan.Now.AddSeconds(100),
            World = World(SinglePlan.Ready("v2", 2) with { ReadyReplicas = 1 }),
        }).Status;

        Assert.That((second.CanaryRevision, second.Rejected), Is.EqualTo(("v2", (List<RejectedRevision>?)null)), "60 seconds each");

        static ObservedWorld World(ObservedRevision canary) => new() { Revisions = [SinglePlan.Ready("v1", 2), canary] };
    }

    [Test]
    public void What_the_first_ready_pod_fetched_stays_the_model_of_the_revision()
    {
        ModelDeploymentStatus status =
            SinglePlan.Plan(Input(new ModelDeploymentStatus(), SinglePlan.Ready("v1", 1) with { ModelDigest = Digest })).Status;

        Plan lost = SinglePlan.Plan(Input(status, Coming(desired: 4)));
        Plan other = SinglePlan.Plan(Input(lost.Status, SinglePlan.Ready("v1", 4) with { ModelDigest = "sha256:" + new string('b', 64) }));

        Assert.That(other.Status.Revisions!.Single().ModelDigest, Is.EqualTo(Digest));
        Assert.That(Replicas(lost), Is.EqualTo(4), "whoever comes next is told");
    }

    [Test]
    public void An_image_that_does_not_say_what_it_fetched_is_not_waited_for()
    {
        Plan plan = SinglePlan.Plan(Input(new ModelDeploymentStatus(), SinglePlan.Ready("v1", 1)));

        Assert.That(Replicas(plan), Is.EqualTo(4));
    }

    [Test]
    public void Pods_that_are_there_are_not_taken_away_to_learn_it()
    {
        Plan plan = SinglePlan.Plan(Input(new ModelDeploymentStatus { StableRevision = "v1" }, Coming(desired: 3)));

        Assert.That(Replicas(plan), Is.EqualTo(3));
    }

    [TestCase("https://models.example/digits.onnx", Digest, 4)]
    [TestCase("oci://registry.example/digits@" + Digest, null, 4)]
    [TestCase("oci://registry.example/digits:1", Digest, 1, TestName = "The_digest_of_one_file_of_an_artifact_leaves_the_others_open")]
    [TestCase("pvc://models/digits", null, 1)]
    public void A_model_that_the_spec_names_by_digest_waits_for_nothing(string uri, string? digest, int replicas)
    {
        Plan plan = SinglePlan.Plan(
            Input(new ModelDeploymentStatus()) with { Spec = Spec(new ModelSource { Uri = uri, Digest = digest }) });

        Assert.That(Replicas(plan), Is.EqualTo(replicas));
    }

    private static int Replicas(Plan plan) => plan.Deployments.Single().Replicas;

    private static ObservedRevision Coming(int desired) => SinglePlan.Ready("v1", desired) with { ReadyReplicas = 0 };

    private static EffectiveSpec Spec(ModelSource model)
    {
        ModelDeploymentSpec spec = Specs.Digits(replicas: 4);
        spec.Model = model;
        return SinglePlan.Resolve(spec);
    }

    private static PlannerInput Input(ModelDeploymentStatus status, params ObservedRevision[] revisions) =>
        SinglePlan.Input(status, "v1") with
        {
            Spec = Spec(new ModelSource { Uri = "https://models.example/digits.onnx" }),
            World = new ObservedWorld { Revisions = revisions },
        };
}
