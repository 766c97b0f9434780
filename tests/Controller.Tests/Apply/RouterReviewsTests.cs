using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Api;
using ModelOperator.Controller.Apply;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace ModelOperator.Controller.Tests.Apply;

/// <summary>The routers of every namespace may ask the API server whose a token is.</summary>
public sealed class RouterReviewsTests
{
    private readonly IKubernetesClient _client = Substitute.For<IKubernetesClient>();
    private readonly IEntityStore<ModelDeployment> _models = Substitute.For<IEntityStore<ModelDeployment>>();

    [Test]
    public async Task Each_namespace_with_a_model_is_named_once()
    {
        _models.List().Returns([Models.Digits(), Models.Named("letters", "2"), Models.Digits(model => model.Metadata.Namespace = "risk")]);
        JsonObject? applied = null;
        await _client.ApplyAsync(
            Arg.Any<ResourceType<ClusterRoleBinding>>(),
            Arg.Do<JsonObject>(intent => applied = intent),
            OwnedObjects.FieldManager,
            CancellationToken.None);

        await new RouterReviews(_client, _models, NullLogger<RouterReviews>.Instance).ApplyAsync("audio", CancellationToken.None);

        Assert.That(applied!["subjects"]!.AsArray().Select(subject => $"{subject!["namespace"]}/{subject["name"]}"), Is.EqualTo(
            new[] { "audio/model-router", "risk/model-router", "vision/model-router" }));
        Assert.That((string?)applied["metadata"]!["name"], Is.EqualTo("model-router-reviews"));
    }

    [Test]
    public void Without_the_right_to_name_them_rollouts_go_on()
    {
        _models.List().Returns([]);
        _client
            .ApplyAsync(
                Arg.Any<ResourceType<ClusterRoleBinding>>(), Arg.Any<JsonObject>(), OwnedObjects.FieldManager, CancellationToken.None)
            .ThrowsAsync(new KubernetesException(HttpStatusCode.Forbidden, "Forbidden", "no"));

        Assert.That(
            () => new RouterReviews(_client, _models, NullLogger<RouterReviews>.Instance).ApplyAsync("audio", CancellationToken.None),
            Throws.Nothing);
    }
}
