using System.Diagnostics;
using ModelOperator.Cli.Cluster;

namespace ModelOperator.Cli.Tests.Cluster;

/// <summary>What is said when kubectl or the cluster fails.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class FailureTests
{
    [TestCase(
        """Error from server (NotFound): modeldeployments.modeloperator.io "fraud" not found""",
        "fraud: there is no ModelDeployment of this name in namespace shop; "
        + "kubectl model list -n shop shows those there are, and with -A those of all namespaces")]
    [TestCase(
        """error: the server doesn't have a resource type "modeldeployments" """,
        "the cluster knows no ModelDeployments: the CustomResourceDefinition of Model Operator is not installed. Is it the right cluster?")]
    [TestCase(
        """Error from server (NotFound): Unable to list "modeloperator.io/v1alpha1, Resource=modeldeployments": """
        + """the server could not find the requested resource""",
        "the cluster knows no ModelDeployments")]
    [TestCase(
        """Error from server (Forbidden): modeldeployments.modeloperator.io "fraud" is forbidden: """
        + """User "eve" cannot get resource "modeldeployments" in API group "modeloperator.io" in the namespace "shop" """,
        """fraud: you may not do this: modeldeployments.modeloperator.io "fraud" is forbidden: """
        + """User "eve" cannot get resource "modeldeployments" in API group "modeloperator.io" in the namespace "shop" """)]
    [TestCase(
        "error: You must be logged in to the server (Unauthorized)",
        "the cluster does not accept your credentials: You must be logged in to the server (Unauthorized); log in again")]
    [TestCase(
        """
        E1129 12:00:00.000000    4711 memcache.go:265] "Unhandled Error" err="couldn't get current server API group list: Get \"http://localhost:8080/api?timeout=15s\": dial tcp 127.0.0.1:8080: connect: connection refused"
        The connection to the server localhost:8080 was refused - did you specify the right host or port?
        """,
        "no cluster answers: The connection to the server localhost:8080 was refused - did you specify the right host or port?\n"
        + "kubectl cluster-info shows the address")]
    [TestCase(
        """error: context "nowhere" does not exist""",
        "fraud: kubectl failed: context \"nowhere\" does not exist\n"
        + "To see more, run: kubectl get modeldeployments.modeloperator.io fraud -o json --namespace shop")]
    public async Task The_complaint_comes_with_what_to_do(string complaint, string expected)
    {
        using var kubectl = new StandInKubectl().Fail("get.1", complaint);

        var result = await kubectl.RunAsync("status", "fraud", "-n", "shop");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(result.Error, Does.StartWith($"kubectl-model: {expected.TrimEnd()}"));
    }

    [Test]
    public async Task Without_a_kubectl_it_says_how_to_name_one()
    {
        var result = await CommandResult.RunAsync(
            Stream.Null, new ClusterAccess("/nowhere/kubectl", TimeProvider.System), CancellationToken.None, "list");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(result.Error, Does.StartWith("kubectl-model: /nowhere/kubectl does not start (")
            .And.EndWith("put kubectl on the PATH, or its path into the environment variable KUBECTL\n"));
    }

    [Test]
    public async Task What_is_no_ModelDeployment_is_not_taken_for_one()
    {
        using var kubectl = new StandInKubectl().Answer("get.1", "not json");

        var result = await kubectl.RunAsync("history", "fraud");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(result.Error, Does.StartWith("kubectl-model: kubectl printed what this plugin cannot read: "));
    }

    [Test]
    public async Task A_kubectl_that_hangs_is_ended_with_what_it_said()
    {
        using var standIn = new StandInKubectl().Fail("get.1", "To sign in, use a web browser\n").Answer("get.1.hang", "");
        var kubectl = new Kubectl(standIn.Program, ["--context", "far"], TimeProvider.System);
        long start = Stopwatch.GetTimestamp();

        var error = (await Assert.ThrowsAsync<CliException>(
            () => kubectl.RunAsync(["get", "x"], TimeSpan.FromSeconds(1), CancellationToken.None)))!;

        Assert.That(error.ExitCode, Is.EqualTo(1));
        Assert.That(error.Message, Does.StartWith("kubectl gave no answer in 1s; it said: To sign in, use a web browser\nRun this yourself")
            .And.EndWith("  kubectl get x --context far"));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    [Test]
    public async Task Who_is_interrupted_in_a_call_ends_it()
    {
        using var kubectl = new StandInKubectl().Fail("get.1", "").Answer("get.1.hang", "");
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        var result = await kubectl.RunAsync(stop.Token, "status", "fraud");

        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((130, "", "")));
    }
}
