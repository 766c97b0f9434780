using ModelOperator.Api;
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
            Assert.That(Read(file).Metadata.Name, Does.StartWith("digits"), file);
        }
    }

    [TestCase("{confidence: 95}", "spec.rollout.analysis.confidence: there is no such field; want intervalSeconds, confidencePercent")]
    [TestCase("{confidencePercent: 100}", "spec.rollout.analysis.confidencePercent: 100 is out of range; want 80 to 99")]
    [TestCase("{confidencePercent: 98.5}", "spec.rollout.analysis.confidencePercent: 98.5 is no integer")]
    [TestCase("{confidencePercent: '95'}", "spec.rollout.analysis.confidencePercent: \"95\" is no integer")]
    [TestCase("{onInconclusive: Wait}", "spec.rollout.analysis.onInconclusive: \"Wait\" is not known; want Hold, Rollback, Promote")]
    [TestCase("[]", "spec.rollout.analysis: [] is no object")]
    [TestCase("{guardrails: []}", "spec.rollout.analysis.guardrails: has 0 entries; want 1 to 16")]
    [TestCase(
        "{guardrails: [{name: Errors, type: ErrorRate}]}",
        "spec.rollout.analysis.guardrails[0].name: \"Errors\" has the wrong form; want ^")]
    [TestCase("{guardrails: [{name: errors}]}", "spec.rollout.analysis.guardrails[0].type: is missing")]
    [TestCase("{intervalSeconds: 60, deadlineSeconds: 30}", "spec.rollout.analysis.intervalSeconds: Invalid value: 60")]
    [TestCase("{intervalSeconds: &a [*a]}", "is no YAML that can be read: it is nested deeper than 64")]
    [TestCase(
        "{a: &a [1,1,1,1,1,1,1,1,1,1], b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a], c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b], "
        + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c], e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]}",
        "it holds more than 100000 values")]
    public void What_breaks_a_rule_is_told_with_its_field(string analysis, string expected)
    {
        using var file = new TemporaryFile(Manifests.With(analysis));

        Assert.That(() => Read(file.Path), Throws.TypeOf<CliException>().With.Message.Contain(file.Path).And.Message.Contain(expected));
    }

    [TestCase("a: [", "is no YAML")]
    [TestCase(
        "kind: Pod", "holds no ModelDeployment; want one document with apiVersion modeloperator.io/v1alpha1 and kind ModelDeployment")]
    [TestCase("", "holds no ModelDeployment")]
    [TestCase("kind: ModelDeployment\n---\nkind: ModelDeployment", "holds 2 ModelDeployments; want one")]
    [TestCase("kind: ModelDeployment\napiVersion: v1", "apiVersion: \"v1\" is not known; want modeloperator.io/v1alpha1")]
    [TestCase("kind: ModelDeployment\napiVersion: modeloperator.io/v1alpha1", "spec: null is no object")]
    public void A_file_without_one_ModelDeployment_is_refused(string text, string expected)
    {
        using var file = new TemporaryFile(text);

        Assert.That(() => Read(file.Path), Throws.TypeOf<CliException>().With.Message.Contain(expected));
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

        Assert.That(Read(file.Path).Spec.Rollout!.Analysis!.ConfidencePercent, Is.Null);
    }

    [Test]
    public async Task What_kubectl_get_gives_is_read_from_standard_input()
    {
        string one = Manifests.With("{confidencePercent: 90}").Replace(
            "labels: {team: vision}",
            "uid: 1-2, generation: 3, managedFields: [{manager: kubectl, fieldsV1: {\"f:spec\": {}}}]");
        string list = "apiVersion: v1\nkind: List\nitems:\n- " + one.Replace("\n", "\n  ");
        foreach (string text in new[] { one, list })
        {
            var result = await CommandResult.RunAsync(
                text, "simulate", "-f", "-", "--traffic", "50/s", "--stable", "accuracy=0.99,errors=0,p95=40ms",
                "--runs", "1", "--history", "60");

            Assert.That(result.Output, Does.Contain("confidence 90 %"), result.Error);
        }
    }

    [Test]
    public void A_file_too_large_for_a_manifest_is_not_read_whole()
    {
        using var file = new TemporaryFile("#" + new string(' ', 1 << 20));

        Assert.That(
            () => Read(file.Path),
            Throws.TypeOf<CliException>().With.Message.Contain("has more than 1048576 bytes; want a manifest"));
    }

    private static ModelDeployment Read(string path) => ManifestReader.Read(new InputFile(path, () => Stream.Null));
}
