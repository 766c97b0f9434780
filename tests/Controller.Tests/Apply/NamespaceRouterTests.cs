using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Api;
using ModelOperator.Controller.Apply;
using ModelOperator.Controller.Traffic;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;
using NSubstitute;

namespace ModelOperator.Controller.Tests.Apply;

[Parallelizable(ParallelScope.All)]
public sealed class NamespaceRouterTests
{
    [Test]
    public async Task Another_model_of_the_same_name_gets_the_routers_rights_anew()
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        client.ApplyAsync(Resources.Deployments, Arg.Any<JsonObject>(), Arg.Any<string>(), Arg.Any<CancellationToken>(), Arg.Any<string?>())
            .Returns(new Deployment());
        var time = new ManualTimeProvider();
        var models = Substitute.For<IEntityStore<ModelDeployment>>();
        models.List(Arg.Any<string>()).Returns([]);
        var options = new ControllerOptions { RuntimeImage = "runtime", RouterImage = "router" };
        var router = new NamespaceRouter(
            client,
            new OwnedObjects(client, Substitute.For<IEventRecorder>()),
            new RouterKeys(client, time),
            new RouterReviews(client, models, NullLogger<RouterReviews>.Instance),
            new RouterBudgets(client),
            new NamespacePolicies(client, options, NullLogger<NamespacePolicies>.Instance),
            models,
            Substitute.For<IEntityStore<Deployment>>(),
            options,
            time);

        foreach (string uid in new[] { "uid-1", "uid-1", "uid-2" })
        {
            await router.ApplyAsync(Models.Digits(model => model.Metadata.Uid = uid), CancellationToken.None);
        }

        await client.Received(2).ApplyAsync(
            Resources.ServiceAccounts, Arg.Any<JsonObject>(), OwnedObjects.FieldManager, Arg.Any<CancellationToken>(), Arg.Any<string?>());
        await client.Received(1).ApplyAsync(
            Resources.ServiceAccounts,
            Arg.Is<JsonObject>(intent => intent.ToJsonString(null).Contains("uid-2", StringComparison.Ordinal)),
            OwnedObjects.FieldManager,
            Arg.Any<CancellationToken>(),
            Arg.Any<string?>());
    }
}
