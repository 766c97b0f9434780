namespace ModelOperator.Cli.Tests.Cluster;

/// <summary>kubectl model pause and resume.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class PauseTests
{
    private const string Paused = """{"rollout":{"paused":true}}""";

    [Test]
    public async Task Pause_sets_the_field_and_says_what_it_means()
    {
        using var kubectl = new StandInKubectl()
            .Answer("get.1", Objects.Fraud(Objects.Canary))
            .Answer("patch.1", Objects.Fraud(Objects.Canary, Paused));

        var result = await kubectl.RunAsync("pause", "fraud", "-n", "shop");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Output, Is.EqualTo(
            "fraud is paused: canary bbbb keeps its weight and is judged on, and harm still rolls it back; "
            + "nothing begins, gets more requests or is promoted until: kubectl model resume fraud -n shop\n"));
        Assert.That(kubectl.MergePatches, Is.EqualTo(new[] { """{"spec":{"rollout":{"paused":true}}}""" }));
    }

    [Test]
    public async Task Without_a_canary_pause_says_that_none_begins()
    {
        using var kubectl = new StandInKubectl()
            .Answer("get.1", Objects.Fraud(Objects.Stable))
            .Answer("patch.1", Objects.Fraud(Objects.Stable, Paused));

        var result = await kubectl.RunAsync("pause", "fraud");

        Assert.That(result.Output, Is.EqualTo("fraud is paused: no rollout begins until: kubectl model resume fraud\n"));
    }

    [Test]
    public async Task A_definition_that_drops_the_field_is_found_out()
    {
        using var kubectl = new StandInKubectl()
            .Answer("get.1", Objects.Fraud(Objects.Canary))
            .Answer("patch.1", Objects.Fraud(Objects.Canary, """{"rollout":{}}"""));

        var result = await kubectl.RunAsync("pause", "fraud");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(
            result.Error,
            Does.StartWith("kubectl-model: fraud is not paused: the cluster's CustomResourceDefinition does not know spec.rollout.paused"));
    }

    [Test]
    public async Task What_is_paused_already_is_left_as_it_is()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Objects.Fraud(Objects.Canary, Paused));

        var result = await kubectl.RunAsync("pause", "fraud");

        Assert.That((result.ExitCode, kubectl.Calls.Count), Is.EqualTo((0, 1)));
        Assert.That(result.Output, Does.StartWith("fraud is paused already: canary bbbb keeps its weight"));
    }

    [TestCase(Objects.Canary, "fraud goes on: canary bbbb may get more requests and be promoted\n")]
    [TestCase(
        Objects.AtPause,
        "fraud is not paused by its spec any more, and its canary waits at a pause of spec.rollout.steps. "
        + "To end that, run kubectl model promote fraud\n")]
    [TestCase(Objects.Stable, "fraud goes on: a change of the spec begins a rollout\n")]
    public async Task Resume_takes_the_field_away(string status, string expected)
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Objects.Fraud(status, Paused)).Answer("patch.1", Objects.Fraud(status));

        var result = await kubectl.RunAsync("resume", "fraud");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((0, expected)));
        Assert.That(kubectl.MergePatches, Is.EqualTo(new[] { """{"spec":{"rollout":{"paused":null}}}""" }));
    }

    [Test]
    public async Task Resume_does_not_end_the_pause_of_a_step_and_says_what_does()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Objects.Fraud(Objects.AtPause));

        var result = await kubectl.RunAsync("resume", "fraud");

        Assert.That((result.ExitCode, kubectl.Calls.Count), Is.EqualTo((3, 1)));
        Assert.That(
            result.Error,
            Does.Contain("its canary waits at a pause of spec.rollout.steps. To end that, run kubectl model promote fraud"));
    }

    [Test]
    public async Task Resume_of_what_is_not_paused_changes_nothing()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Objects.Fraud(Objects.Canary));

        var result = await kubectl.RunAsync("resume", "fraud");

        Assert.That(
            (result.ExitCode, result.Output, kubectl.Calls.Count),
            Is.EqualTo((0, "fraud is not paused: nothing was changed\n", 1)));
    }
}
