using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Cli.Cluster;
using ModelOperator.Cli.Show;
using ModelOperator.Rollouts.Control;

namespace ModelOperator.Cli.Tests.Cluster;

/// <summary>Which order a command gives, and when it gives none.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class OrderTests
{
    [TestCase(Objects.Canary, "promote fraud", "promote bbbb")]
    [TestCase(Objects.AtPause, "promote fraud", "promote bbbb")]
    [TestCase(Objects.Canary, "promote fraud --full", "promote-full bbbb")]
    [TestCase(Objects.Canary, "abort fraud", "abort bbbb")]
    [TestCase(Objects.Rejected, "retry fraud", "retry bbbb")]
    [TestCase(Objects.Undone, "retry fraud", "retry bbbb")]
    [TestCase(Objects.Stable, "undo fraud", "undo 0000")]
    [TestCase(Objects.Stable, "undo fraud --to-revision 0000", "undo 0000")]
    [TestCase(Objects.BadEvaluation, "retry fraud", "retry bbbb")]
    [TestCase(Objects.Stable, "restart fraud", "restart")]
    [TestCase(Objects.Canary, "restart fraud", "restart")]
    public async Task An_order_is_aimed_at_the_revision_that_the_person_sees(string status, string args, string order)
    {
        using var kubectl = new StandInKubectl()
            .Answer("get.1", Objects.Fraud(status))
            .Answer("patch.1", Objects.Fraud(status, order: order))
            .Answer("get.2", Objects.Answered(status, order, "Done", "it is done"));

        var result = await kubectl.RunAsync(args.Split(' '));

        Assert.Multiple(() =>
        {
            Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
            Assert.That(
                result.Lines,
                Is.EqualTo(new[] { $"fraud: {order}: it is done", "What follows from it: kubectl model status fraud" }));
            Assert.That(kubectl.Calls, Is.EqualTo(new[]
            {
                ["get", "modeldeployments.modeloperator.io", "fraud", "-o", "json"],
                [
                    "patch", "modeldeployments.modeloperator.io", "fraud", "--type", "merge", "-p",
                    """{"metadata":{"annotations":{"modeloperator.io/control":"ORDER"}}}""".Replace("ORDER", order), "-o", "json",
                ],
                new[] { "get", "modeldeployments.modeloperator.io", "fraud", "-o", "json" },
            }));
        });
    }

    [TestCase(Objects.Stable, "promote fraud", "fraud has no rollout in progress: stable revision aaaa serves all requests")]
    [TestCase(Objects.Stable, "abort fraud", "fraud has no rollout in progress: stable revision aaaa serves all requests")]
    [TestCase(Objects.Promoting, "abort fraud", "fraud has no rollout in progress: bbbb is stable, and the routers switch over to it")]
    [TestCase(
        Objects.Initializing,
        "promote fraud",
        "fraud has no canary: its first revision is coming up, and there is nothing to compare it with")]
    [TestCase(
        Objects.Rejected,
        "promote fraud --full",
        "fraud has no rollout in progress: revision bbbb was rejected (AccuracyHarmful): stable revision aaaa serves all requests. "
        + "To try it again, run kubectl model retry fraud")]
    [TestCase(
        Objects.Undone,
        "abort fraud",
        "fraud has no rollout in progress: alice went back from bbbb: stable revision aaaa serves all requests. "
        + "To try bbbb again, run kubectl model retry fraud")]
    [TestCase(Objects.Stable, "retry fraud", "fraud has no rejected revision: stable revision aaaa serves all requests")]
    [TestCase(Objects.Canary, "retry fraud", "fraud has no rejected revision: canary bbbb is being tried")]
    [TestCase(
        Objects.First,
        "undo fraud",
        "fraud has had no other revision: there is none to go back to: stable revision aaaa serves all requests")]
    [TestCase(
        Objects.Forgotten,
        "undo fraud",
        "fraud has no stable revision before this that is known; want --to-revision with one of 0000")]
    [TestCase(Objects.Initializing, "undo fraud", "fraud has no stable revision yet, and so none to go back to")]
    [TestCase(
        Objects.Canary,
        "undo fraud",
        "fraud has a rollout in progress: to give canary bbbb up, run kubectl model abort fraud; to go back further, name --to-revision")]
    [TestCase(Objects.Stable, "undo fraud --to-revision aaaa", "fraud is at aaaa already: stable revision aaaa serves all requests")]
    [TestCase(
        Objects.Canary,
        "undo fraud --to-revision aaaa",
        "fraud has aaaa as its stable revision: to give canary bbbb up, run kubectl model abort fraud")]
    [TestCase(Objects.Stable, "undo fraud --to-revision cccc", "fraud knows no revision cccc; want one of ffff, 0000, aaaa")]
    [TestCase(Objects.Initializing, "restart fraud", "fraud serves nothing yet: there are no pods to restart")]
    [TestCase(
        null,
        "promote fraud",
        "fraud: the operator has not looked at it yet; does it run? kubectl -n model-operator-system get pods")]
    public async Task Where_there_is_nothing_to_do_it_says_so_and_gives_no_order(string? status, string args, string expected)
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Objects.Fraud(status));

        var result = await kubectl.RunAsync(args.Split(' '));

        Assert.Multiple(() =>
        {
            Assert.That((result.ExitCode, result.Output), Is.EqualTo((3, "")));
            Assert.That(result.Error, Does.StartWith($"kubectl-model: {expected}"));
            Assert.That(kubectl.Calls, Has.Count.EqualTo(1), "it only looks");
        });
    }

    /// <summary>Admission and the operator refuse what this check finds fault with.</summary>
    [Test]
    public async Task What_status_suggests_the_operator_accepts(
        [Values(
            Objects.Canary, Objects.LastStep, Objects.Starting, Objects.AtPause, Objects.BadEvaluation, Objects.Stable, Objects.First,
            Objects.Forgotten, Objects.Rejected, Objects.Undone, Objects.Undoing, Objects.Promoting, Objects.Initializing)] string status)
    {
        string fraud = Objects.Fraud(status);
        var model = JsonSerializer.Deserialize(fraud, ClusterJson.Default.Model)!;
        var known = JsonSerializer.Deserialize(fraud, ApiJsonContext.Default.ModelDeployment)!.Status!;
        foreach (var step in NextSteps.For(model).Where(step => step.Verb is not "pause"))
        {
            using var kubectl = new StandInKubectl().Answer("get.1", fraud).Fail("patch.1", "error: enough is known");

            await kubectl.RunAsync($"{step.Verb} fraud{step.Arguments}".Split(' '));

            string order = (string)JsonNode.Parse(kubectl.MergePatches.Single())!["metadata"]!["annotations"]!["modeloperator.io/control"]!;
            Assert.That(OrderCheck.FindRefusal(ControlOrder.Parse(order)!, known), Is.Null, order);
        }
    }

    [Test]
    public async Task A_refusal_says_when_the_operator_has_not_seen_the_latest_spec()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Objects.Fraud(Objects.Stable, generation: 2));

        var result = await kubectl.RunAsync("abort", "fraud", "-n", "shop");

        Assert.That(result.Error, Is.EqualTo(
            "kubectl-model: fraud has no rollout in progress: stable revision aaaa serves all requests. "
            + "The operator has not seen the latest change of the spec yet: look again with kubectl model status fraud -n shop\n"));
    }

    [TestCase("promote", "Required argument 'NAME' missing")]
    [TestCase("promote mdep/fraud", "NAME is \"mdep/fraud\"; want the name of a ModelDeployment")]
    [TestCase("promote fraud --timeout 30", "--timeout is \"30\"; want a time from 1s to 60m, such as 30s or 2m")]
    [TestCase("promote fraud --timeout 61m", "--timeout is \"61m\"; want a time")]
    [TestCase("promote fraud --timeout soon", "--timeout is \"soon\"; want a time")]
    public async Task A_wrong_argument_is_named_and_nothing_is_done(string args, string expected)
    {
        using var kubectl = new StandInKubectl();

        var result = await kubectl.RunAsync(args.Split(' '));

        Assert.That((result.ExitCode, kubectl.Calls), Is.EqualTo((2, Array.Empty<string[]>())));
        Assert.That(result.Error, Does.Contain(expected));
    }
}
