using System.Net;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Apply;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace ModelOperator.Controller.Tests.Apply;

[Parallelizable(ParallelScope.All)]
public sealed class RouterBudgetsTests
{
    private static readonly JsonObject Intent = RouterBudget.Build("vision", [Models.Digits()]);

    [Test]
    public async Task An_old_server_gets_the_version_that_it_knows_and_is_asked_once()
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        client
            .ApplyAsync(
                Resources.PodDisruptionBudgets,
                Arg.Any<JsonObject>(),
                Arg.Any<string>(),
                Arg.Any<CancellationToken>(),
                Arg.Any<string?>())
            .ThrowsAsync(new KubernetesException(HttpStatusCode.NotFound, "NotFound", "404 page not found"));
        var budgets = new RouterBudgets(client);

        await budgets.ApplyAsync(Intent, CancellationToken.None);
        await budgets.ApplyAsync(Intent, CancellationToken.None);

        await client.Received(1).ApplyAsync(Resources.PodDisruptionBudgets, Intent, OwnedObjects.FieldManager, CancellationToken.None);
        await client.Received(2).ApplyAsync(Resources.PodDisruptionBudgetsBeta, Intent, OwnedObjects.FieldManager, CancellationToken.None);
    }

    [TestCase(null, 0)]
    [TestCase(Labels.Operator, 1)]
    public async Task Somebody_elses_of_that_name_is_left_alone(string? managedBy, int applied)
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        client.GetAsync(Resources.PodDisruptionBudgets, "vision", "model-router", Arg.Any<CancellationToken>())
            .Returns(new PodDisruptionBudget
            {
                Metadata = new ObjectMeta { Labels = managedBy is null ? [] : new() { [Labels.ManagedBy] = managedBy } },
            });

        await new RouterBudgets(client).ApplyAsync(Intent, CancellationToken.None);

        await client.Received(applied)
            .ApplyAsync(Resources.PodDisruptionBudgets, Intent, OwnedObjects.FieldManager, CancellationToken.None);
    }
}
