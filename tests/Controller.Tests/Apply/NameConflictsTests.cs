using ModelOperator.Controller.Apply;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;
using NSubstitute;

namespace ModelOperator.Controller.Tests.Apply;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NameConflictsTests
{
    private readonly IKubernetesClient _client = Substitute.For<IKubernetesClient>();
    private readonly ManualTimeProvider _time = new();
    private readonly NameConflicts _conflicts;

    public NameConflictsTests() =>
        _conflicts = new NameConflicts(_client, Substitute.For<IEntityStore<Deployment>>(), Substitute.For<IEntityStore<Service>>(), _time);

    [Test]
    public async Task Another_model_of_the_same_name_is_looked_at_anew()
    {
        Assert.That(await FindAsync("uid-1"), Is.Null);
        _client.GetAsync(Resources.ServiceAccounts, "vision", "model-router", Arg.Any<CancellationToken>()).Returns(new ServiceAccount());

        Assert.That(await FindAsync("uid-1"), Is.Null, "known for this one");
        _conflicts.Forget(Models.Digits(model => model.Metadata.Uid = "uid-1"));
        Assert.That(
            await FindAsync("uid-2"),
            Does.StartWith("ServiceAccount model-router exists in namespace vision and is not the operator's"));
    }

    [Test]
    public async Task Names_that_all_models_of_a_namespace_share_are_asked_for_once_a_minute()
    {
        for (int i = 0; i < 100; i++)
        {
            await FindAsync($"uid-{i}");
        }

        await _client.Received(1).GetAsync(Resources.ServiceAccounts, "vision", "model-router", Arg.Any<CancellationToken>());
        _time.Advance(TimeSpan.FromMinutes(1));
        await FindAsync("uid-1");
        await _client.Received(2).GetAsync(Resources.ServiceAccounts, "vision", "model-router", Arg.Any<CancellationToken>());
    }

    [Test]
    public async Task Somebody_elses_ConfigMap_with_the_name_for_digests_is_a_conflict()
    {
        _client.GetAsync(Resources.ConfigMaps, "vision", "model-digests", Arg.Any<CancellationToken>()).Returns(new ConfigMap());

        Assert.That(await FindAsync("uid-1"), Does.StartWith("ConfigMap model-digests exists in namespace vision"));
    }

    private Task<string?> FindAsync(string uid) =>
        _conflicts.FindAsync(Models.Digits(model => model.Metadata.Uid = uid), "r1", CancellationToken.None);
}
