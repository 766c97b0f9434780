using ModelOperator.Api;

namespace ModelOperator.Rollouts.Tests;

/// <summary>Which revision a spec asks for when operators with different default images have looked after it.</summary>
public class WantedRevisionTests
{
    private const string Old = "inference-runtime:1";
    private const string New = "inference-runtime:2";

    private static readonly ModelDeploymentSpec Spec = Specs.Digits();

    [Test]
    public void An_operator_with_another_default_image_starts_no_rollout()
    {
        ModelDeploymentStatus status = Served(Spec, Old);

        (EffectiveSpec spec, string revision) = WantedRevision.Of(Spec, status, New);

        Assert.That((revision, spec.Runtime.Image), Is.EqualTo((status.StableRevision, Old)));
    }

    [Test]
    public void A_new_revision_has_the_new_default_and_setting_the_spec_back_finds_the_earlier_one()
    {
        ModelDeploymentStatus status = Served(Spec, Old);
        ModelDeploymentSpec changed = Specs.Digits();
        changed.Model.Uri = "https://models.example/digits-2.onnx";

        (EffectiveSpec spec, string revision) = WantedRevision.Of(changed, status, New);
        Assert.That(spec.Runtime.Image, Is.EqualTo(New));
        status.Revisions!.Add(new RevisionStatus { Revision = revision, Image = New });
        status.StableRevision = revision;

        Assert.That(WantedRevision.Of(changed, status, "inference-runtime:3").Revision, Is.EqualTo(revision));
        Assert.That(WantedRevision.Of(Spec, status, "inference-runtime:3").Revision, Is.EqualTo(RevisionHash.Of(Spec, Old)));
    }

    [Test]
    public void Naming_an_image_moves_to_it_and_leaving_it_out_again_stays_there()
    {
        ModelDeploymentStatus status = Served(Spec, Old);
        ModelDeploymentSpec named = Specs.Digits();
        named.Runtime = new RuntimeSpec { Image = New };

        string revision = WantedRevision.Of(named, status, New).Revision;
        Assert.That(revision, Is.Not.EqualTo(status.StableRevision));
        status.Revisions!.Add(new RevisionStatus { Revision = revision, Image = New });
        status.StableRevision = revision;

        Assert.That(
            WantedRevision.Of(Spec, status, "inference-runtime:3").Revision,
            Is.EqualTo(revision),
            "the newest image that the spec was served with");
    }

    [Test]
    public void The_image_is_remembered_from_the_first_ready_pod_on_also_when_the_Deployment_is_deleted()
    {
        (EffectiveSpec spec, string wanted) = WantedRevision.Of(Spec, status: null, Old);
        PlannerInput input = SinglePlan.Input(new ModelDeploymentStatus(), wanted) with { Spec = spec, World = new ObservedWorld() };
        ModelDeploymentStatus starting = SinglePlan.Plan(
            input with { World = new ObservedWorld { Revisions = [SinglePlan.Ready(wanted, 2) with { ReadyReplicas = 0 }] } }).Status;
        Assert.That(starting.Revisions, Is.Null, "an image that no pod comes up with is no reason to keep it");

        ModelDeploymentStatus serving = SinglePlan.Plan(
            input with { Status = starting, World = new ObservedWorld { Revisions = [SinglePlan.Ready(wanted, 2)] } }).Status;
        ModelDeploymentStatus deleted = SinglePlan.Plan(input with { Status = serving }).Status;

        Assert.That(deleted.Revisions!.Select(known => (known.Revision, known.Image)), Is.EqualTo(new[] { (wanted, Old) }));
        Assert.That(WantedRevision.Of(Spec, deleted, New).Revision, Is.EqualTo(wanted));
    }

    [Test]
    public void A_revision_that_is_neither_there_nor_asked_for_is_forgotten()
    {
        ModelDeploymentStatus status = SinglePlan.Stable();
        status.Revisions =
        [
            new RevisionStatus { Revision = "gone", Image = Old },
            new RevisionStatus { Revision = "v1", Image = Old },
            new RevisionStatus { Revision = "v2", Image = Old },
        ];

        ModelDeploymentStatus planned = SinglePlan.Plan(SinglePlan.Input(status, "v1")).Status;

        Assert.That(planned.Revisions!.Select(known => known.Revision), Is.EqualTo(new[] { "v1", "v2" }));
    }

    [Test]
    public void While_the_spec_cannot_be_acted_on_no_image_is_taken_from_it()
    {
        ModelDeploymentStatus planned = SinglePlan.Plan(SinglePlan.Input(SinglePlan.Stable(), "v1") with { IsGuardOnly = true }).Status;

        Assert.That(planned.Revisions, Is.Null);
    }

    private static ModelDeploymentStatus Served(ModelDeploymentSpec spec, string image)
    {
        string revision = RevisionHash.Of(spec, image);
        return new() { StableRevision = revision, Revisions = [new RevisionStatus { Revision = revision, Image = image }] };
    }
}
