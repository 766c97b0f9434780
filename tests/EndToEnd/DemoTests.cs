using ModelOperator.Demo.Play;

namespace ModelOperator.EndToEnd;

/// <summary>The whole play, with the operator killed in the middle of each rollout.</summary>
public sealed class DemoTests
{
    [Test]
    public async Task Every_rollout_ends_as_it_must_although_the_operator_is_killed_in_the_middle_of_each()
    {
        await using var place = await TestNamespace.CreateAsync("play");
        var timeline = new Timeline(TestContext.Progress, TimeProvider.System, colour: false);
        var logs = new ClusterLogs(place.Kubectl, place.Name, Path.Combine(TestContext.CurrentContext.WorkDirectory, "demo-logs"));
        var player = new Player(
            place.Kubectl,
            new Observer(place.Kubectl, place.Name),
            Cluster.Manifests(place.Name),
            timeline,
            new FailureReporter(logs, timeline),
            TimeProvider.System,
            Cluster.KillOperator);

        await player.PlayAsync(TestContext.CurrentContext.CancellationToken);

        ResultTable.Write(TestContext.Progress, player.Results);
        Assert.That(player.Results, Has.Count.EqualTo(Act.All.Count));
        Assert.That(player.Results, Has.All.Property(nameof(ActResult.AsExpected)).True);
    }
}
