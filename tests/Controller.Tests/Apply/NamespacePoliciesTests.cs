using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Api;
using ModelOperator.Controller.Apply;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace ModelOperator.Controller.Tests.Apply;

[Parallelizable(ParallelScope.All)]
public sealed class NamespacePoliciesTests
{
    private static readonly JsonObject Intent = NetworkPolicies.InferencePods("vision", [Models.Digits()], []);

    [TestCase(true, null, 1, 0)]
    [TestCase(true, Labels.Operator, 1, 0)]
    [TestCase(true, "somebody", 0, 0)]
    [TestCase(false, null, 0, 0)]
    [TestCase(false, Labels.Operator, 0, 1)]
    [TestCase(false, "somebody", 0, 0)]
    public async Task The_operators_own_is_there_or_away_as_the_installation_wants_and_somebody_elses_is_left_alone(
        bool wanted, string? managedBy, int applied, int deleted)
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        NetworkPolicy? there = managedBy is null ? null
            : new NetworkPolicy { Metadata = new ObjectMeta { Uid = "u", Labels = new() { [Labels.ManagedBy] = managedBy } } };
        client.GetAsync(Resources.NetworkPolicies, "vision", "model-inference", Arg.Any<CancellationToken>()).Returns(there);

        await Policies(client, wanted ? [] : null).ApplyAsync(Intent, CancellationToken.None);

        await client.Received(applied).ApplyAsync(Resources.NetworkPolicies, Intent, OwnedObjects.FieldManager, CancellationToken.None);
        await client.Received(deleted).DeleteAsync(Resources.NetworkPolicies, "vision", "model-inference", CancellationToken.None, "u");
    }

    [Test]
    public void A_cluster_that_takes_none_stops_no_rollout()
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        client.ApplyAsync(Resources.NetworkPolicies, Intent, OwnedObjects.FieldManager, Arg.Any<CancellationToken>())
            .ThrowsAsync(new KubernetesException(HttpStatusCode.Forbidden, "Forbidden", "no NetworkPolicies here"));

        Assert.That(() => Policies(client, []).ApplyAsync(Intent, CancellationToken.None), Throws.Nothing);
    }

    private static NamespacePolicies Policies(IKubernetesClient client, JsonArray? monitoring) => new(
        client,
        new ControllerOptions { RuntimeImage = "a", RouterImage = "b", Monitoring = monitoring },
        NullLogger<NamespacePolicies>.Instance);
}
