using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Admit;

namespace ModelOperator.Controller.Tests.Admit;

[Parallelizable(ParallelScope.All)]
public sealed class UsedObjectsTests
{
    [Test]
    public void Nothing_is_used_by_a_model_from_the_web() => Assert.That(UsedObjects.Of(Models.Digits().Spec), Is.Empty);

    [Test]
    public void What_the_model_and_the_data_set_name_is_used() => Assert.That(
        Used(new ModelDeploymentSpec
        {
            Model = new ModelSource
            {
                Uri = "pvc://models/digits.onnx",
                CredentialsSecretRef = new LocalSecretReference { Name = "store" },
                Signature = new ModelSignature { PublicKeySecretRef = new SecretKeyReference { Name = "key" } },
                Cache = new ModelCache { ClaimName = "cache" },
                WorkloadIdentity = true,
            },
            Rollout = new RolloutSpec
            {
                Evaluation = new EvaluationSpec
                {
                    Dataset = new EvaluationDataset
                    {
                        Uri = "pvc://sets/a",
                        CredentialsSecretRef = new LocalSecretReference { Name = "sets" },
                        ConfigMapKeyRef = new ConfigMapKeyReference { Name = "rows", Key = "k" },
                        PersistentVolumeClaim = new VolumeFileReference { ClaimName = "data", Path = "p" },
                    },
                },
            },
        }),
        Is.EquivalentTo(new[]
        {
            "get secrets store", "get secrets key", "get persistentvolumeclaims models", "get persistentvolumeclaims cache",
            "impersonate serviceaccounts default", "get secrets sets", "get configmaps rows", "get persistentvolumeclaims data",
            "get persistentvolumeclaims sets",
        }));

    [TestCase("""{"volumes":[{"name":"a","secret":{"secretName":"s"}}]}""", "get secrets s")]
    [TestCase("""{"volumes":[{"name":"a","configMap":{"name":"c"}}]}""", "get configmaps c")]
    [TestCase("""{"volumes":[{"name":"a","persistentVolumeClaim":{"claimName":"p"}}]}""", "get persistentvolumeclaims p")]
    [TestCase("""{"volumes":[{"name":"a","ephemeral":{"volumeClaimTemplate":{}}}]}""", "create persistentvolumeclaims ")]
    [TestCase(
        """{"volumes":[{"name":"a","projected":{"sources":[{"secret":{"name":"s"}},{"configMap":{"name":"c"}}]}}]}""", "get secrets s",
        "get configmaps c")]
    [TestCase("""{"volumes":[{"name":"a","csi":{"nodePublishSecretRef":{"name":"s"}}}]}""", "get secrets s")]
    [TestCase("""{"volumes":[{"name":"a","azureFile":{"secretName":"s"}}]}""", "get secrets s")]
    [TestCase(
        """{"containers":[{"name":"c","env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}""", "get secrets s")]
    [TestCase(
        """{"initContainers":[{"name":"c","env":[{"name":"A","valueFrom":{"configMapKeyRef":{"name":"c","key":"k"}}}]}]}""",
        "get configmaps c")]
    [TestCase(
        """{"containers":[{"name":"c","envFrom":[{"secretRef":{"name":"s"}},{"configMapRef":{"name":"c"}}]}]}""", "get secrets s",
        "get configmaps c")]
    [TestCase("""{"imagePullSecrets":[{"name":"s"},{"name":"s"}]}""", "get secrets s")]
    [TestCase("""{"serviceAccountName":"robot"}""", "impersonate serviceaccounts robot")]
    [TestCase("""{"serviceAccount":"robot"}""", "impersonate serviceaccounts robot")]
    [TestCase("""{"serviceAccountName":"default","automountServiceAccountToken":false}""")]
    [TestCase("""{"automountServiceAccountToken":true}""", "impersonate serviceaccounts default")]
    [TestCase(
        """{"volumes":[{"name":"a","projected":{"sources":[{"serviceAccountToken":{"path":"t"}}]}}]}""",
        "impersonate serviceaccounts default")]
    [TestCase("""{"containers":[7,null],"volumes":"x"}""")]
    public void What_a_pod_template_names_is_used_by_pods_and_by_Jobs(string podSpec, params string[] expected)
    {
        ModelDeploymentSpec pods = Models.Digits(model => model.Spec.Runtime = new RuntimeSpec { PodTemplate = Template(podSpec) }).Spec;
        ModelDeploymentSpec jobs = Models.Digits(model => model.Spec.Rollout = new RolloutSpec
        {
            Analysis = new AnalysisSpec
            {
                Guardrails =
                [
                    new Guardrail { Name = "check", Type = GuardrailType.Job, Job = new JobGate { Template = Template(podSpec) } },
                ],
            },
        }).Spec;

        Assert.That(Used(pods), Is.EquivalentTo(expected));
        Assert.That(Used(jobs), Is.EquivalentTo(expected));
        Assert.That(UsedObjects.AreTheSame(pods, jobs), Is.False);
    }

    private static JsonObject Template(string podSpec) => new() { ["spec"] = JsonNode.Parse(podSpec) };

    private static IEnumerable<string> Used(ModelDeploymentSpec spec) =>
        UsedObjects.Of(spec).Select(used => $"{used.Verb} {used.Resource} {used.Name}");
}
