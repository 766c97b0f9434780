using ModelOperator.Cli.Cluster;
using ModelOperator.Cli.Show;

namespace ModelOperator.Cli.Tests.Cluster;

/// <summary>kubectl model list, status and history.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ShowTests
{
    private const string NoDeployments = """{"items":[]}""";

    [TestCase("analyzing", "digits")]
    [TestCase("rejected", "fraud")]
    [TestCase("new", "churn")]
    public async Task Status_is_to_the_letter_what_it_was(string golden, string name)
    {
        using var kubectl = new StandInKubectl()
            .Answer("get.1", Golden.Read($"{golden}.json"))
            .Answer("deployments.1", golden == "analyzing" ? Golden.Read("analyzing-deployments.json") : NoDeployments);

        var result = await kubectl.RunAsync("status", name);

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Golden.Verify($"status-{golden}.txt", result.Output);
    }

    [Test]
    public async Task Pods_are_counted_by_the_Deployments_of_the_model()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Golden.Read("analyzing.json")).Answer("deployments.1", NoDeployments);

        await kubectl.RunAsync("status", "digits", "-n", "vision", "--context", "a b; exit 1");

        Assert.That(kubectl.Calls, Is.EqualTo(new[]
        {
            ["get", "modeldeployments.modeloperator.io", "digits", "-o", "json", "--namespace", "vision", "--context", "a b; exit 1"],
            new[]
            {
                "get", "deployments.apps", "-l", "modeloperator.io/model=digits,app.kubernetes.io/component=inference", "-o", "json",
                "--namespace", "vision", "--context", "a b; exit 1",
            },
        }));
    }

    [Test]
    public async Task Suggested_commands_go_to_the_same_place_and_can_be_copied_into_a_shell()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Objects.Fraud(Objects.Rejected)).Answer("deployments.1", NoDeployments);

        var result = await kubectl.RunAsync("status", "fraud", "-n", "shop", "--context", "it's far; away");

        Assert.That(
            result.Lines,
            Has.Some.StartsWith(@"kubectl model retry fraud -n shop --context 'it'\''s far; away'   tries bbbb again"),
            result.Output);
    }

    [Test]
    public async Task Who_may_not_see_Deployments_sees_the_rest()
    {
        using var kubectl = new StandInKubectl()
            .Answer("get.1", Golden.Read("analyzing.json"))
            .Fail(
                "deployments.1",
                """Error from server (Forbidden): deployments.apps is forbidden: User "eve" cannot list resource "deployments" """);

        var result = await kubectl.RunAsync("status", "digits");

        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Lines, Has.Some.Matches("^d1f1b9c0a3 +stable +95 %, 75 % to come +unknown$"));
    }

    [TestCase("list", "list.txt")]
    [TestCase("list -A", "list-all.txt")]
    public async Task The_list_is_to_the_letter_what_it_was(string args, string golden)
    {
        using var kubectl = new StandInKubectl().Answer(
            "get.1", $$"""{"items":[{{Golden.Read("analyzing.json")}},{{Golden.Read("rejected.json")}},{{Golden.Read("new.json")}}]}""");

        var result = await kubectl.RunAsync(args.Split(' '));

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Golden.Verify(golden, result.Output);
        Assert.That(
            kubectl.Calls[0],
            args.EndsWith("-A", StringComparison.Ordinal) ? Does.Contain("--all-namespaces") : Does.Not.Contain("--all-namespaces"));
    }

    [TestCase("list", "kubectl-model: there is no ModelDeployment in this namespace; -A shows all namespaces\n")]
    [TestCase("list -n shop", "kubectl-model: there is no ModelDeployment in namespace shop; -A shows all namespaces\n")]
    [TestCase("list -A", "kubectl-model: there is no ModelDeployment in any namespace\n")]
    public async Task An_empty_list_says_where_it_looked(string args, string expected)
    {
        using var kubectl = new StandInKubectl().Answer("get.1", """{"items":[]}""");

        var result = await kubectl.RunAsync(args.Split(' '));

        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "", expected)));
    }

    [Test]
    public async Task History_is_to_the_letter_what_it_was()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Golden.Read("analyzing.json"));

        var result = await kubectl.RunAsync("history", "digits");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Golden.Verify("history.txt", result.Output);
    }

    [Test]
    public async Task History_of_what_is_new_says_that_there_is_none()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", Golden.Read("new.json"));

        var result = await kubectl.RunAsync("history", "churn");

        Assert.That(
            (result.ExitCode, result.Output, result.Error),
            Is.EqualTo((0, "", "kubectl-model: churn: the operator has decided nothing yet\n")));
    }

    [TestCase("status fraud -o yaml", "get modeldeployments.modeloperator.io fraud -o yaml")]
    [TestCase("status fraud -o json", "get modeldeployments.modeloperator.io fraud -o json")]
    [TestCase("list -o yaml", "get modeldeployments.modeloperator.io -o yaml")]
    [TestCase("list -A -o json", "get modeldeployments.modeloperator.io -o json --all-namespaces")]
    public async Task Programs_get_the_objects_as_kubectl_prints_them(string args, string call)
    {
        using var kubectl = new StandInKubectl().Answer("get.1", "kind: ModelDeployment\n");

        var result = await kubectl.RunAsync(args.Split(' '));

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((0, "kind: ModelDeployment\n")));
        Assert.That(kubectl.Calls.Select(each => string.Join(' ', each)), Is.EqualTo(new[] { call }));
    }

    [Test]
    public async Task Texts_from_the_cluster_cannot_move_the_cursor()
    {
        using var kubectl = new StandInKubectl()
            .Answer("get.1", Objects.Fraud("""{"phase":"Stable","message":"fine\u001b[2J\nREVISION","stableRevision":"aaaa"}"""))
            .Answer("deployments.1", NoDeployments);

        var result = await kubectl.RunAsync("status", "fraud");

        Assert.That(result.Output, Does.Contain("  fine [2J REVISION\n").And.Not.Contain("\u001b"));
    }

    [TestCase(Objects.Canary, "{}", "promote, promote --full, abort, pause")]
    [TestCase(Objects.Canary, """{"rollout":{"paused":true}}""", "resume, promote, promote --full, abort")]
    [TestCase(Objects.AtPause, "{}", "promote, promote --full, abort, pause")]
    [TestCase(Objects.LastStep, "{}", "promote --full, abort, pause")]
    [TestCase(Objects.Starting, "{}", "promote --full, abort, pause")]
    [TestCase(Objects.BadEvaluation, "{}", "retry, promote --full, abort, pause")]
    [TestCase(Objects.Undoing, "{}", "abort")]
    [TestCase(Objects.Stable, "{}", "undo")]
    [TestCase(Objects.Stable, """{"rollout":{"paused":true}}""", "resume, undo")]
    [TestCase(Objects.First, "{}", "")]
    [TestCase(Objects.Rejected, "{}", "retry")]
    [TestCase(Objects.Undone, "{}", "retry")]
    [TestCase(Objects.Initializing, "{}", "")]
    public void What_can_be_done_now_is_suggested(string status, string spec, string expected)
    {
        var model = System.Text.Json.JsonSerializer.Deserialize(Objects.Fraud(status, spec), ClusterJson.Default.Model)!;

        Assert.That(string.Join(", ", NextSteps.For(model).Select(step => step.Verb + step.Arguments)), Is.EqualTo(expected));
    }
}
