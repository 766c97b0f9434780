namespace ModelOperator.Cli.Tests.Cluster;

/// <summary>What becomes of an order that is given.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class AnswerTests
{
    private const string Order = "abort bbbb";

    private const string Withdrawal =
        """[{"op":"test","path":"/metadata/annotations/modeloperator.io~1control","value":"abort bbbb"}"""
        + """,{"op":"remove","path":"/metadata/annotations/modeloperator.io~1control"}]""";

    [Test]
    public async Task What_the_operator_refuses_is_told_with_its_reason()
    {
        using var kubectl = Given().Answer("get.2", Objects.Answered(Objects.Stable, Order, "Refused", "bbbb is stable now"));

        var result = await kubectl.RunAsync("abort", "fraud");

        Assert.That(
            (result.ExitCode, result.Output, result.Error),
            Is.EqualTo((3, "", "kubectl-model: fraud: the operator refused \"abort bbbb\": bbbb is stable now\n")));
    }

    [TestCase(
        """The ModelDeployment "fraud" is invalid: """
        + """metadata.annotations[modeloperator.io/control]: Invalid value: "abort bbbb": the canary is cccc, not bbbb""",
        """metadata.annotations[modeloperator.io/control]: Invalid value: "abort bbbb": the canary is cccc, not bbbb""")]
    [TestCase(
        """
        Warning: something is old
        The ModelDeployment "fraud" is invalid: 
        * metadata.annotations[modeloperator.io/control]: Invalid value: "abort bbbb": no rollout is in progress
        * spec.replicas: Invalid value: -1: is less than 0
        """,
        """* metadata.annotations[modeloperator.io/control]: Invalid value: "abort bbbb": no rollout is in progress """
        + """* spec.replicas: Invalid value: -1: is less than 0""")]
    [TestCase(
        """Error from server (Forbidden): admission webhook "freeze.example.com" denied the request: no changes on Fridays""",
        "no changes on Fridays")]
    public async Task What_admission_refuses_is_told_with_its_reason(string complaint, string expected)
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Objects.Fraud(Objects.Canary)).Fail("patch.1", complaint);

        var result = await kubectl.RunAsync("abort", "fraud");

        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((3, "", $"kubectl-model: fraud: refused: {expected}\n")));
    }

    [Test]
    public async Task An_answer_to_the_same_order_given_earlier_is_no_answer()
    {
        string earlier = Objects.Answered(Objects.Canary, Order, "Refused", "earlier", "2026-11-29T11:00:00Z");
        using var kubectl = new StandInKubectl()
            .Answer("get.1", earlier)
            .Answer("patch.1", earlier)
            .Answer("get.2", earlier)
            .Answer("get.3", Objects.Answered(Objects.Rejected, Order, "Done", "now"));

        var result = await kubectl.RunAsync("abort", "fraud");

        Assert.That((result.ExitCode, result.Lines[0]), Is.EqualTo((0, "fraud: abort bbbb: now")), result.Error);
    }

    [Test]
    public async Task An_order_that_is_dealt_with_may_stand_there_for_a_moment()
    {
        string status =
            """{"phase":"Analyzing","stableRevision":"aaaa","canaryRevision":"bbbb","lastOrder":"""
            + """{"order":"promote bbbb","time":"2026-11-29T11:59:59Z"}}""";
        using var kubectl = new StandInKubectl()
            .Answer("get.1", Objects.Fraud(status, order: "promote bbbb"))
            .Answer("get.2", Objects.Fraud(status))
            .Answer("patch.1", Objects.Fraud(status, order: Order))
            .Answer("get.3", Objects.Answered(Objects.Rejected, Order, "Done", "now"));

        var result = await kubectl.RunAsync("abort", "fraud");

        Assert.That((result.ExitCode, result.Lines[0]), Is.EqualTo((0, "fraud: abort bbbb: now")), result.Error);
    }

    [Test]
    public async Task A_look_that_fails_does_not_end_the_wait()
    {
        using var kubectl = Given()
            .Fail("get.2", "Unable to connect to the server: EOF")
            .Answer("get.3", Objects.Answered(Objects.Rejected, Order, "Done", "back again"));

        var result = await kubectl.RunAsync("abort", "fraud");

        Assert.That((result.ExitCode, result.Lines[0]), Is.EqualTo((0, "fraud: abort bbbb: back again")), result.Error);
    }

    [Test]
    public async Task An_order_that_nobody_takes_up_is_taken_back()
    {
        using var kubectl = Given().Answer("get.2", Objects.Fraud(Objects.Canary, order: Order)).Answer("patch.2", "patched");

        var result = await kubectl.RunAsync("abort", "fraud", "--timeout", "1s");

        Assert.Multiple(() =>
        {
            Assert.That((result.ExitCode, result.Output), Is.EqualTo((4, "")));
            Assert.That(result.Error, Is.EqualTo(
                "kubectl-model: fraud: the operator did not take up the order \"abort bbbb\" in 1s. "
                + "The order is taken back; nothing will come of it. An operator older than this plugin does not know orders. "
                + "If yours does, does it run? kubectl -n model-operator-system get pods; "
                + "kubectl -n model-operator-system logs deployment/model-operator\n"));
            Assert.That(
                kubectl.Calls[^1],
                Is.EqualTo(new[] { "patch", "modeldeployments.modeloperator.io", "fraud", "--type", "json", "-p", Withdrawal }));
        });
    }

    [Test]
    public async Task An_order_that_is_taken_up_at_the_last_moment_is_done()
    {
        // With a wait of one second there are two looks; the third is after the attempt to take the order back.
        using var kubectl = Given()
            .Answer("get.2", Objects.Fraud(Objects.Canary, order: Order))
            .Fail("patch.2", "The request is invalid: the server rejected our request due to an error in our request")
            .Answer("get.4", Objects.Answered(Objects.Rejected, Order, "Done", "just in time"));

        var result = await kubectl.RunAsync("abort", "fraud", "--timeout", "1s");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Lines[0], Is.EqualTo("fraud: abort bbbb: just in time"));
    }

    [TestCase("promote bbbb", "in 1s: somebody put another in its place, \"promote bbbb\"")]
    [TestCase(null, "in 1s, and somebody took it back. Look at kubectl model status fraud")]
    [TestCase(Order, "in 1s, and it could not be taken back: no\nTo take it back: kubectl annotate mdep fraud modeloperator.io/control-")]
    public async Task An_order_that_cannot_be_taken_back_is_told_of(string? found, string expected)
    {
        using var kubectl = Given().Answer("get.2", Objects.Fraud(Objects.Canary, order: found)).Fail("patch.2", "error: no");

        var result = await kubectl.RunAsync("abort", "fraud", "--timeout", "1s");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((4, "")));
        Assert.That(result.Error, Does.Contain(expected));
    }

    [Test]
    public async Task A_cluster_that_is_lost_while_waiting_is_told_of()
    {
        using var kubectl = Given()
            .Fail("get.2", "Unable to connect to the server: EOF")
            .Fail("patch.2", "Unable to connect to the server: EOF");

        var result = await kubectl.RunAsync("abort", "fraud", "--timeout", "1s");

        Assert.That(result.ExitCode, Is.EqualTo(4));
        Assert.That(
            result.Error,
            Does.Contain("it could not be taken back: the operator may still carry it out. "
                + "no cluster answers: Unable to connect to the server: EOF")
                .And.Contain("To take it back: kubectl annotate mdep fraud modeloperator.io/control-"));
    }

    [Test]
    public async Task An_order_that_still_waits_is_not_written_over()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Objects.Fraud(Objects.Canary, order: "promote bbbb"));

        var result = await kubectl.RunAsync("abort", "fraud");

        Assert.That((result.ExitCode, kubectl.Calls.Count), Is.EqualTo((3, 1)));
        Assert.That(result.Error, Does.Contain("fraud: the order \"promote bbbb\" still waits for the operator")
            .And.Contain("To take it back: kubectl annotate mdep fraud modeloperator.io/control-"));
    }

    [Test]
    public async Task Who_is_interrupted_is_told_that_the_order_is_given()
    {
        using var kubectl = Given().Answer("get.2", Objects.Fraud(Objects.Canary, order: Order));
        using var stop = new CancellationTokenSource();
        var running = kubectl.RunAsync(stop.Token, "abort", "fraud");
        while (kubectl.Calls.Count < 3)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }

        await stop.CancelAsync();
        var result = await running;

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((130, "")));
        Assert.That(result.Error, Is.EqualTo(
            "kubectl-model: fraud: interrupted; the order \"abort bbbb\" is given, and the operator may carry it out. "
            + "To take it back: kubectl annotate mdep fraud modeloperator.io/control-\n"));
    }

    private static StandInKubectl Given() => new StandInKubectl()
        .Answer("get.1", Objects.Fraud(Objects.Canary))
        .Answer("patch.1", Objects.Fraud(Objects.Canary, order: Order));
}
