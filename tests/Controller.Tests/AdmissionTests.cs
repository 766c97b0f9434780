using ModelOperator.Api;
using ModelOperator.Kubernetes.Runtime.Webhooks;

namespace ModelOperator.Controller.Tests;

[Parallelizable(ParallelScope.All)]
public sealed class AdmissionTests
{
    [Test]
    public void A_good_one_is_let_in() => Assert.That(Judge(Models.Digits()).IsAllowed, Is.True);

    [Test]
    public void A_wrong_one_is_refused_in_the_API_servers_words()
    {
        AdmissionResult result = Judge(Models.Digits(model => model.Spec.Model.Uri = "ftp://models.example/x"));

        Assert.That(result.IsAllowed, Is.False);
        Assert.That(
            result.Message,
            Is.EqualTo("ModelDeployment.modeloperator.io \"digits\" is invalid: spec.model.uri: Invalid value: \"ftp://models.example/x\": "
                + "is not a model address; use http(s)://HOST/PATH, oci://REGISTRY/REPOSITORY[:TAG][@sha256:HEX], s3://BUCKET/KEY, azblob://ACCOUNT/CONTAINER/BLOB, gs://BUCKET/OBJECT, hf://ORGANIZATION/REPOSITORY[@REVISION]/PATH or pvc://CLAIM/PATH"));
    }

    [Test]
    public void All_that_is_wrong_is_named()
    {
        AdmissionResult result = Judge(Models.Digits(model =>
        {
            model.Spec.Model.Uri = "ftp://models.example/x";
            model.Spec.Model.Digest = "md5:0";
        }));

        Assert.That(result.Message, Does.Contain("[spec.model.uri: ").And.Contains(", spec.model.digest: "));
    }

    [Test]
    public void One_on_its_way_out_and_a_deletion_are_let_go()
    {
        ModelDeployment wrong = Models.Digits(model => model.Spec.Model.Uri = "");
        wrong.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch;

        Assert.That(Judge(wrong).IsAllowed, Is.True);
        Assert.That(Admission.Judge(new(AdmissionOperation.Delete, null, wrong, null, null, false)).IsAllowed, Is.True);
    }

    private static AdmissionResult Judge(ModelDeployment model) =>
        Admission.Judge(new(AdmissionOperation.Update, model, model, null, "user", false));
}
