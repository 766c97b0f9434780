using ModelOperator.Cli.Manifests;

namespace ModelOperator.Cli.Tests;

/// <summary>Manifests are held against what an API server and the webhook hold them against.</summary>
public class ManifestReaderTests
{
    [Test]
    public void Every_sample_of_the_repository_is_read()
    {
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(Manifests.Sample("digits.yaml"))!))
        {
            Assert.That(ManifestReader.Read(file).Metadata.Name, Does.StartWith("digits"), file);
        }
    }

    [TestCase("{confidence: 95}", "spec.rollout.analysis.confidence: there is no such field; want intervalSeconds, confidencePercent")]
    [TestCase("{confidencePercent: 100}", "spec.rollout.analysis.confidencePercent: 100 is out of range; want 80 to 99")]
    [TestCase("{confidencePercent: 98.5}", "spec.rollout.analysis.confidencePercent: 98.5 is no integer")]
    [TestCase("{confidencePercent: '95'}", "spec.rollout.analysis.confidencePercent: \"95\" is no integer")]
    [TestCase("{onInconclusive: Wait}", "spec.rollout.analysis.onInconclusive: \"Wait\" is not known; want Hold, Rollback, Promote")]
    [TestCase("[]", "spec.rollout.analysis: [] is no object")]
    [TestCase("{guardrails: []}", "spec.rollout.analysis.guardrails: has 0 entries; want 1 to 16")]
    [TestCase("{guardrails: [{name: Errors, type: ErrorRate}]}", "spec.rollout.analysis.guardrails[0].name: \"Errors\" has the wrong form; want ^")]
    [TestCase("{guardrails: [{name: errors}]}", "spec.rollout.analysis.guardrails[0].type: is missing")]
    [TestCase("{intervalSeconds: 60, deadlineSeconds: 30}", "spec.rollout.analysis.intervalSeconds: Invalid value: 60")]
    [TestCase("{intervalSeconds: &a [*a]}", "is no YAML that can be read: it is nested deeper than 64")]
    [TestCase("{a: &a [1,1,1,1,1,1,1,1,1,1], b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a], c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b], d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c], e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]}", "it holds more than 100000 values")]
    public void What_breaks_a_rule_is_told_with_its_field(string analysis, string expected)
    {
        using var file = new TemporaryFile(Manifests.With(analysis));

        Assert.That(() => ManifestReader.Read(file.Path), Throws.TypeOf<CliException>().With.Message.Contain(file.Path).And.Message.Contain(expected));
    }

    [TestCase("a: [", "is no YAML")]
    [TestCase("kind: Pod", "holds no ModelDeployment; want one document with apiVersion modeloperator.io/v1alpha1 and kind ModelDeployment")]
    [TestCase("", "holds no ModelDeployment")]
    [TestCase("kind: ModelDeployment\n---\nkind: ModelDeployment", "holds 2 ModelDeployments; want one")]
    [TestCase("kind: ModelDeployment\napiVersion: v1", "apiVersion: \"v1\" is not known; want modeloperator.io/v1alpha1")]
    [TestCase("kind: ModelDeployment\napiVersion: modeloperator.io/v1alpha1", "spec: null is no object")]
    public void A_file_without_one_ModelDeployment_is_refused(string text, string expected)
    {
        using var file = new TemporaryFile(text);

        Assert.That(() => ManifestReader.Read(file.Path), Throws.TypeOf<CliException>().With.Message.Contain(expected));
    }

    [Test]
    public void Nulls_status_quoted_numbers_and_other_documents_do_no_harm()
    {
        using var file = new TemporaryFile(Manifests.With("{confidencePercent: null, intervalSeconds: ~}") + """

            status: {phase: 7}
            ---
            kind: Secret
            stringData: {token: "123"}
            """);

        Assert.That(ManifestReader.Read(file.Path).Spec.Rollout!.Analysis!.ConfidencePercent, Is.Null);
    }
}
