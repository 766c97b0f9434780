using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Api.Validation;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests.Intents;

[Parallelizable(ParallelScope.All)]
public sealed class RevisionRecordTests
{
    private const string Image = "registry.example/runtime:1";

    [Test]
    public void A_record_gives_back_the_very_Deployment_that_the_spec_gave()
    {
        ModelDeployment model = Models.Digits(model =>
        {
            model.Spec.Runtime = new RuntimeSpec
            {
                Threads = 2,
                PodTemplate = (JsonObject)JsonNode.Parse("""{"metadata":{"labels":{"team":"vision"}}}""")!,
            };
            model.Spec.Feedback = new FeedbackSpec { Output = "scores" };
        });
        EffectiveSpec spec = Defaults.Resolve(model.Spec, Image);
        string revision = RevisionHash.Of(spec);
        ControllerRevision record = Written(RevisionRecord.Build(model, revision, Image));

        ModelDeployment later = Models.Digits(model => model.Spec.Model.Uri = "http://models.example/digits/2/model.onnx");
        EffectiveSpec read = RevisionRecord.Read(later, revision, record, PodTemplatePolicy.Restricted)!;

        Assert.That(
            RevisionDeployment.Build(later, revision, 2, read).ToJsonString(),
            Is.EqualTo(RevisionDeployment.Build(model, revision, 2, spec).ToJsonString()));
    }

    [TestCase("""{"model":{"uri":"http://models.example/other.onnx"},"runtime":{"image":"registry.example/runtime:1"}}""")]
    [TestCase("""{"model":{"uri":"http://models.example/digits/1/model.onnx"}}""")]
    [TestCase("""{"model":{"uri":"no address"},"runtime":{"image":"registry.example/runtime:1"}}""")]
    [TestCase("""{"model":"none"}""")]
    [TestCase("null")]
    public void What_the_revision_was_not_made_from_is_not_taken_for_it(string spec)
    {
        string revision = RevisionHash.Of(Models.Digits().Spec, Image);
        JsonObject record = RevisionRecord.Build(Models.Digits(), revision, Image);
        record["data"]!["spec"] = JsonNode.Parse(spec);

        Assert.That(RevisionRecord.Read(Models.Digits(), revision, Written(record), PodTemplatePolicy.Restricted), Is.Null);
    }

    [Test]
    public void A_pod_template_that_no_admission_lets_through_is_not_made_from_a_record_either()
    {
        ModelDeployment model = Models.Digits(model =>
            model.Spec.Runtime = new RuntimeSpec { PodTemplate = (JsonObject)JsonNode.Parse("""{"spec":{"hostNetwork":true}}""")! });
        string revision = RevisionHash.Of(model.Spec, Image);
        ControllerRevision record = Written(RevisionRecord.Build(model, revision, Image));

        Assert.That(RevisionRecord.Read(model, revision, record, PodTemplatePolicy.Restricted), Is.Null);
    }

    [Test]
    public void The_record_of_an_earlier_model_of_the_name_is_not_this_ones()
    {
        string revision = RevisionHash.Of(Models.Digits().Spec, Image);
        ControllerRevision record = Written(RevisionRecord.Build(Models.Named("digits", "uid-earlier"), revision, Image));

        Assert.That(RevisionRecord.Read(Models.Digits(), revision, record, PodTemplatePolicy.Restricted), Is.Null);
    }

    private static ControllerRevision Written(JsonObject record) => record.Deserialize(EntityJsonContext.Default.ControllerRevision)!;
}
