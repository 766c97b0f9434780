using ModelOperator.Api;
using ModelOperator.Controller.Observe;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using NSubstitute;

namespace ModelOperator.Controller.Tests.Observe;

[Parallelizable(ParallelScope.All)]
public sealed class RevisionFinderTests
{
    private static readonly ModelDeployment Model = Models.Digits(digits => digits.Status = new ModelDeploymentStatus
    {
        StableRevision = "r1",
        CanaryRevision = "r2",
        Routing = new RoutingTable
        {
            Targets = [new TrafficTarget { Revision = "r1", Weight = 95 }, new TrafficTarget { Revision = "r2", Weight = 5 }],
        },
    });

    [Test]
    public async Task What_the_cache_does_not_have_is_asked_for_once_more()
    {
        IKubernetesClient client = Substitute.For<IKubernetesClient>();
        client.GetAsync(Resources.Deployments, "vision", "digits-r1", Arg.Any<CancellationToken>()).Returns(Kept("r1"));

        IReadOnlyList<Deployment> found = await new RevisionFinder(client, Cache(Kept("r2"))).FindAsync(Model, CancellationToken.None);

        Assert.That(found.Select(deployment => deployment.Metadata.Name), Is.EquivalentTo(new[] { "digits-r1", "digits-r2" }));
        await client.DidNotReceive().GetAsync(Resources.Deployments, "vision", "digits-r2", Arg.Any<CancellationToken>());
    }

    [Test]
    public async Task What_is_deleted_is_not_found()
    {
        IReadOnlyList<Deployment> found =
            await new RevisionFinder(Substitute.For<IKubernetesClient>(), Cache(Kept("r2"))).FindAsync(Model, CancellationToken.None);

        Assert.That(found.Select(deployment => deployment.Metadata.Name), Is.EqualTo(new[] { "digits-r2" }));
    }

    private static Deployment Kept(string revision) => Deployments.Of(revision, 1);

    private static IEntityStore<Deployment> Cache(params Deployment[] deployments)
    {
        IEntityStore<Deployment> cache = Substitute.For<IEntityStore<Deployment>>();
        cache.List("vision").Returns(deployments);
        return cache;
    }
}
