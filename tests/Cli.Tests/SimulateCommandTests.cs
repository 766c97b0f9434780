using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ModelOperator.Cli.Tests;

/// <summary>kubectl-model simulate as people call it.</summary>
public class SimulateCommandTests
{
    private const string Stable = "accuracy=0.95,p95=40ms,errors=0.01";

    [Test]
    public async Task The_tables_are_to_the_letter_what_they_were()
    {
        var result = await RunAsync("--canary", "accuracy=0.91", "--runs", "24");

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Golden.Verify("simulate.txt", result.Output);
    }

    [Test]
    public async Task The_JSON_is_to_the_letter_what_it_was()
    {
        var result = await RunAsync("--canary", "accuracy=91%", "--runs", "24", "--output", "json");

        Golden.Verify("simulate.json", result.Output);
        Assert.That(
            JsonNode.Parse(result.Output)!["outcomes"]!.AsArray().Sum(outcome => (double)outcome!["probability"]!["share"]!),
            Is.EqualTo(1).Within(1e-9));
    }

    [Test]
    public async Task The_plot_is_to_the_letter_what_it_was_and_says_what_it_shows()
    {
        using var file = new TemporaryFile("", "out.svg");

        var result = await RunAsync("--canary", "accuracy=0.91", "--runs", "24", "--plot", file.Path);

        Assert.That(result.ExitCode, Is.Zero, result.Error);
        string text = await File.ReadAllTextAsync(file.Path);
        Golden.Verify("simulate.svg", text);
        var svg = XDocument.Parse(text).Root!;
        var texts = svg.Descendants(XName.Get("text", "http://www.w3.org/2000/svg")).Select(node => node.Value).ToList();
        Assert.That(texts, Has.Some.StartsWith("promoted").And.Some.StartsWith("rolled back").And.Some.StartsWith("held")
            .And.Some.EqualTo("time since the spec was changed")
            .And.Some.EqualTo("rollouts ended so far")
            .And.Some.EqualTo("canary's share"));
    }

    [TestCase("--stable has \"acuracy\", which is not known; want accuracy, errors, p95, p50", "--stable", "acuracy=0.9")]
    [TestCase("--stable has accuracy \"1.2\"; want a share from 0 to 1 or 0% to 100%, such as 0.95 or 95%", "--stable", "accuracy=1.2")]
    [TestCase("--stable has errors \"NaN\"; want a share", "--stable", "errors=NaN")]
    [TestCase("--stable has accuracy \"\"; want a share", "--stable", "accuracy")]
    [TestCase("--stable has p95 \"40\"; want a time from 10us to 100s, such as 40ms", "--stable", "p95=40")]
    [TestCase("--stable has p95 \"101s\"; want a time", "--stable", "p95=101s")]
    [TestCase("--stable has accuracy twice; want it once", "--stable", "accuracy=0.9,accuracy=0.8")]
    [TestCase("--stable has a p50 that is not below its p95", "--stable", "p95=40ms,p50=50ms")]
    [TestCase("--stable says nothing of what guardrail \"accuracy\" judges; want accuracy=0.95", "--stable", "errors=0.01,p95=40ms")]
    [TestCase("--stable says nothing of what guardrail \"slower\" judges; want p95=40ms", "--stable", "errors=0.01,accuracy=0.9")]
    [TestCase("--stable says nothing of what guardrail \"errors\" judges; want errors=0.01", "--stable", "p95=40ms,accuracy=0.9")]
    [TestCase("--canary has \"speed\", which is not known", "--canary", "speed=3")]
    [TestCase("--canary has a p50 of 50 ms, and its p95 is 40 ms", "--canary", "p50=50ms")]
    [TestCase("--traffic is \"50\"; want requests for each second, minute or hour, such as 50/s", "--traffic", "50")]
    [TestCase("--traffic is \"0/s\"; want requests", "--traffic", "0/s")]
    [TestCase("--traffic is \"200000/s\"; want requests", "--traffic", "200000/s")]
    [TestCase("--traffic is \"-5/s\"; want requests", "--traffic", "-5/s")]
    [TestCase("--runs is \"0\"; want a whole number from 1 to 100000", "--runs", "0")]
    [TestCase("--seed is \"-1\"; want a whole number", "--seed", "-1")]
    [TestCase("--feedback is \"2\"; want a share from 0 to 1", "--feedback", "2")]
    [TestCase("--wobble is \"lots\"; want a relative standard deviation from 0 to 2", "--wobble", "lots")]
    [TestCase("--wobble is \"both=0.1\"; want a relative standard deviation", "--wobble", "both=0.1")]
    [TestCase("--gate is \"approvals=Safe\", and the manifest has no guardrail of type Webhook or Job", "--gate", "approvals=Safe")]
    [TestCase("--gate is \"approvals\"; want NAME=Safe, NAME=Harmful or NAME=Continue", "--gate", "approvals")]
    [TestCase("--gate is \"approvals=Safe@soon\"; want NAME=Safe", "--gate", "approvals=Safe@soon")]
    [TestCase("'yaml' not recognized", "--output", "yaml")]
    public async Task A_value_that_cannot_be_is_named_with_what_would_be_right(string expected, string option, string value)
    {
        var options = new Dictionary<string, string> { ["--traffic"] = "50/s", ["--stable"] = Stable, ["--runs"] = "1", [option] = value };

        var result = await CommandResult.RunAsync(
            "", ["simulate", "-f", Manifests.Sample("digits-rollout.yaml"), .. options.SelectMany(pair => new[] { pair.Key, pair.Value })]);

        Assert.Multiple(() =>
        {
            Assert.That((result.ExitCode, result.Output), Is.EqualTo((2, "")));
            Assert.That(result.Error, Does.StartWith("kubectl-model: ").And.Contain(expected));
        });
    }

    [Test]
    public async Task A_manifest_without_pods_is_refused()
    {
        using var file = new TemporaryFile(
            (await File.ReadAllTextAsync(Manifests.Sample("digits-rollout.yaml"))).Replace("replicas: 2", "replicas: 0"));

        var result = await CommandResult.RunAsync("", "simulate", "-f", file.Path, "--traffic", "50/s", "--stable", Stable);

        Assert.That(result.Error, Does.Contain("spec.replicas: 0 serves nothing").And.Contain("want 1 or more"));
        Assert.That(result.ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task A_plot_that_cannot_be_written_is_told_before_the_work()
    {
        var result = await RunAsync("--plot", "/nowhere/out.svg");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(result.Error, Does.StartWith("kubectl-model: --plot: "));
    }

    [Test]
    public async Task Who_is_interrupted_says_so_by_the_exit_code_and_spoils_no_plot()
    {
        using var old = new TemporaryFile("an earlier plot", "old.svg");
        string made = Path.Combine(Path.GetDirectoryName(old.Path)!, "new.svg");
        foreach (string plot in new[] { old.Path, made })
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

            var result = await CommandResult.RunAsync(
                Stream.Null,
                stop.Token,
                "simulate", "-f", Manifests.Sample("digits-rollout.yaml"), "--traffic", "50/s", "--stable", Stable,
                "--runs", "100000", "--plot", plot);

            Assert.That((result.ExitCode, result.Output), Is.EqualTo((130, "")));
        }

        Assert.That((await File.ReadAllTextAsync(old.Path), File.Exists(made)), Is.EqualTo(("an earlier plot", false)));
    }

    [TestCase("--help", "simulate", "replay", "promote <NAME>", "Exit codes:")]
    [TestCase("list --help", "--all-namespaces", "--output <text|json|yaml>", "Exit codes:")]
    [TestCase("status --help", "HARM is the evidence", "Examples:", "Exit codes:")]
    [TestCase("history --help", "Examples:", "Exit codes:")]
    [TestCase("pause --help", "spec.rollout.paused", "Examples:", "Exit codes:")]
    [TestCase("promote --help", "--full", "--timeout <TIME>", "no evidence is skipped", "modeloperator.io/control", "Exit codes:")]
    [TestCase("undo --help", "--to-revision <REVISION>", "Examples:", "Exit codes:")]
    [TestCase("simulate --help", "--traffic <N/s>", "Poisson", "lognormal", "Examples:", "Exit codes:")]
    [TestCase("replay --help", "--margin <[NAME=]PERCENT>", "Examples:", "Exit codes:")]
    public async Task Help_says_how(string args, params string[] expected)
    {
        var result = await CommandResult.RunAsync("", args.Split(' '));

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        foreach (string text in expected)
        {
            Assert.That(result.Output, Does.Contain(text));
        }
    }

    private static Task<CommandResult> RunAsync(params string[] options) => CommandResult.RunAsync(
        "",
        [
            "simulate", "-f", Manifests.Sample("digits-rollout.yaml"), "--traffic", "50/s", "--stable", Stable,
            "--history", "600", .. options,
        ]);
}
