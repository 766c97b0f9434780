using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using ModelOperator.Controller.Observe;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace ModelOperator.Controller.Tests.Observe;

[Parallelizable(ParallelScope.All)]
public sealed class DefinitionCheckTests
{
    private const string Status = "status";

    [TestCase("crds/modeldeployments.yaml")]
    [TestCase("crds/legacy/modeldeployments.yaml")]
    public async Task The_definition_of_this_version_knows_every_field(string file) => Assert.That(await ProblemAsync(Read(file)), Is.Null);

    [Test]
    public async Task An_older_one_is_named_with_the_fields_it_lacks()
    {
        JsonObject definition = Read("crds/modeldeployments.yaml");
        JsonObject properties = Properties(Schema(definition));
        Properties(properties["spec"]!["properties"]!["rollout"]!).Remove("evaluation");
        Properties(properties[Status]!["properties"]!["analysis"]!["items"]!).Remove("state");
        Properties(properties[Status]!).Remove("cursors");

        Assert.That(await ProblemAsync(definition), Does.StartWith(
            "CustomResourceDefinition modeldeployments.modeloperator.io is older than the operator and does not know "
            + "spec.rollout.evaluation, status.analysis[].state, status.cursors: the operator decides nothing until it does"));
    }

    [Test]
    public async Task An_operator_that_may_not_read_it_cannot_tell()
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        client.GetAsync(CustomResourceDefinition.Type, null, "modeldeployments.modeloperator.io", Arg.Any<CancellationToken>())
            .ThrowsAsync(new ModelOperator.Kubernetes.Client.KubernetesException(HttpStatusCode.Forbidden, "Forbidden", "no"));

        Assert.That(await new DefinitionCheck(client, TimeProvider.System).FindProblemAsync(CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task It_is_read_again_from_time_to_time()
    {
        var time = new ManualTimeProvider();
        IKubernetesClient client = Client(Read("crds/modeldeployments.yaml"));
        var check = new DefinitionCheck(client, time);
        for (int i = 0; i < 3; i++)
        {
            await check.FindProblemAsync(CancellationToken.None);
        }

        time.Advance(TimeSpan.FromSeconds(61));
        await check.FindProblemAsync(CancellationToken.None);

        await client.Received(2)
            .GetAsync(CustomResourceDefinition.Type, null, "modeldeployments.modeloperator.io", Arg.Any<CancellationToken>());
    }

    private static Task<string?> ProblemAsync(JsonObject definition) =>
        new DefinitionCheck(Client(definition), TimeProvider.System).FindProblemAsync(CancellationToken.None);

    private static IKubernetesClient Client(JsonObject definition)
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        client.GetAsync(CustomResourceDefinition.Type, null, "modeldeployments.modeloperator.io", Arg.Any<CancellationToken>())
            .Returns(definition.Deserialize(CustomResourceDefinition.Type.TypeInfo));
        return client;
    }

    private static JsonObject Read(string file) =>
        (JsonObject)JsonNode.Parse(KubernetesJson.Serialize(KubernetesYaml.Deserialize<k8s.Models.V1CustomResourceDefinition>(
            File.ReadAllText(Path.Combine(Repository.Root, file)))))!;

    private static JsonNode Schema(JsonObject definition) => definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;

    private static JsonObject Properties(JsonNode schema) => schema["properties"]!.AsObject();
}
