namespace ModelOperator.Cli.Tests;

/// <summary>Lines and options that are refused, and what is said about them.</summary>
public class ReplayRefusalTests
{
    private static readonly string Good = ReplayTests.Line(10, "errors", 1, 50, 9, 450);

    [TestCase("", "is empty; want a block such as")]
    [TestCase("   ", "is empty")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\"", "is not JSON at byte")]
    [TestCase("t=20 errors 1/50", "is not JSON at byte 2; want a block such as")]
    [TestCase("[1]", "is no JSON object")]
    [TestCase("{} {}", "has no t; want the time in seconds")]
    [TestCase("{\"t\":20}", "has no guardrail; want the guardrail's name")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\"}", "has no stable; want counts such as")]
    [TestCase("{\"t\":\"20\"}", "t is \"20\"; want a number of seconds")]
    [TestCase("{\"t\":1e300}", "t is 1e300; want a number of seconds")]
    [TestCase("{\"t\":20,\"guardrail\":7}", "guardrail is 7; want a name of 1 to 63 characters")]
    [TestCase("{\"t\":20,\"guardrail\":\"\"}", "guardrail is \"\"; want a name")]
    [TestCase("{\"t\":20,\"t\":30}", "has the field \"t\" twice")]
    [TestCase("{\"t\":20,\"step\":-2}", "step is -2; want which step of the rollout it is, from 0 to 1000, or -1 while the weights move")]
    [TestCase("{\"t\":20,\"step\":1,\"step\":1}", "has the field \"step\" twice")]
    [TestCase("{\"t\":20,\"time\":30}", "has an unknown field \"time\"; want t, guardrail, canary and stable")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\",\"canary\":5}", "canary is 5; want {\"bad\":n,\"total\":n}")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\",\"canary\":null}", "canary is null; want {\"bad\":n,\"total\":n}")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"bad\":1}}", "has no canary.total; want how many there were")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"total\":1}}", "has no canary.bad; want how many were bad")]
    [TestCase(
        "{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"bad\":-1,\"total\":5}}",
        "canary.bad is -1; want a whole number from 0 to 1000000000000")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"bad\":0.5,\"total\":5}}", "canary.bad is 0.5; want a whole number")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"bad\":\"1\",\"total\":5}}", "canary.bad is \"1\"; want a whole number")]
    [TestCase(
        "{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"bad\":1,\"total\":1000000000001}}",
        "canary.total is 1000000000001; want a whole number")]
    [TestCase(
        "{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"bad\":6,\"total\":5}}", "canary.bad is 6, more than canary.total, which is 5")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"bad\":1,\"bad\":1,\"total\":5}}", "has the field canary.bad twice")]
    [TestCase(
        "{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"good\":4}}",
        "has an unknown field \"canary.good\"; want canary.bad and canary.total")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\",\"canary\":{\"bad\":1,\"total\":5}}", "has no stable, which the canary is compared with")]
    [TestCase("{\"t\":20,\"guardrail\":\"errors\",\"stable\":{\"bad\":1,\"total\":5}}", "has no canary, though \"errors\" has had one")]
    [TestCase(
        "{\"t\":9,\"guardrail\":\"errors\",\"canary\":{\"bad\":1,\"total\":5},\"stable\":{\"bad\":1,\"total\":5}}",
        "t is 9, before the 10 of the line before")]
    [TestCase(
        "{\"t\":10,\"guardrail\":\"errors\",\"canary\":{\"bad\":1,\"total\":5},\"stable\":{\"bad\":1,\"total\":5}}",
        "\"errors\" has a block of t 10 already")]
    [TestCase(
        "{\"t\":20,\"guardrail\":\"slow\",\"canary\":{\"bad\":1,\"total\":5},\"stable\":{\"bad\":1,\"total\":5}}",
        "say with --guardrails how many there are")]
    public async Task A_bad_line_is_named_by_its_number_and_refused(string line, string expected)
    {
        var result = await CommandResult.RunAsync(Good + line + "\n" + Good, "replay", "-");

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Error, Does.StartWith("kubectl-model: standard input: line 2: ").And.Contain(expected));
            Assert.That(result.Error.TrimEnd(), Does.Not.Contain('\n'));
            Assert.That(result.Lines, Has.Length.EqualTo(1), "what came before is judged, and there is no verdict on the whole");
        });
    }

    [Test]
    public async Task What_comes_after_a_block_on_its_line_is_refused()
    {
        var result = await CommandResult.RunAsync(Good.TrimEnd() + " " + Good, "replay", "-");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((2, "")));
        Assert.That(result.Error, Does.Contain("line 1: is not JSON at byte 92; want a block"));
    }

    [TestCase(4097)]
    [TestCase(1_000_000)]
    public async Task A_line_that_is_too_long_is_refused_without_being_read_whole(int length)
    {
        var result = await CommandResult.RunAsync(Good + new string('x', length) + "\n", "replay", "-");

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain("line 2: is longer than 4096 bytes"));
    }

    [Test]
    public async Task Counts_that_add_up_beyond_what_can_be_counted_are_refused()
    {
        string input = string.Concat(Enumerable.Range(0, 1001).Select(i => ReplayTests.Line(i, "errors", 0, 1_000_000_000_000, 0, 10)));

        var result = await CommandResult.RunAsync(input, "replay", "-");

        Assert.That(result.Error, Does.Contain("line 1001: brings the counts of \"errors\" above 1000000000000000"));
    }

    [Test]
    public async Task A_bad_line_of_a_file_is_told_after_what_came_before_it()
    {
        using var file = new TemporaryFile(Good + "oops\n");

        var result = await CommandResult.RunAsync("", "replay", file.Path);

        Assert.That((result.ExitCode, result.Lines.Length), Is.EqualTo((2, 1)));
        Assert.That(result.Error, Does.Contain($"{file.Path}: line 2: "));
    }

    [TestCase("--margin is \"101\"; want PERCENT or NAME=PERCENT", "--margin", "101")]
    [TestCase("--margin is \"=1\"; want PERCENT", "--margin", "=1")]
    [TestCase("--limit is \"errors=many\"; want PERCENT", "--limit", "errors=many")]
    [TestCase("--margin is given twice for errors", "--margin", "errors=1", "--margin", "errors=2")]
    [TestCase("--margin and --limit are both given for \"errors\"", "--margin", "errors=1", "--limit", "errors=2")]
    [TestCase("names the guardrail \"eror\", of which there is no block; want one of errors", "--margin", "eror=1")]
    [TestCase("--confidence is \"100\"; want a whole number from 50 to 99", "--confidence", "100")]
    [TestCase("--guardrails is 0; want a whole number from 1 to 1000", "--guardrails", "0")]
    [TestCase("--margin and -f exclude each other", "-f", "mdep.yaml", "--margin", "1")]
    [TestCase("FILE and -f are both \"-\"; standard input can be one of them", "-f", "-")]
    [TestCase("Unrecognized command or argument '--magin'", "--magin", "1")]
    public async Task A_bad_option_is_named_with_what_would_be_right(string expected, params string[] options)
    {
        var result = await CommandResult.RunAsync(Good, ["replay", "-", .. options]);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.StartWith("kubectl-model: ").And.Contain(expected));
    }

    [Test]
    public async Task A_file_that_is_not_there_is_a_failure()
    {
        var result = await CommandResult.RunAsync("", "replay", "/nowhere/blocks.ndjson");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(result.Error, Does.StartWith("kubectl-model: /nowhere/blocks.ndjson: "));
    }

    [Test]
    public async Task A_guardrail_the_manifest_does_not_have_is_refused()
    {
        string line = ReplayTests.Line(0, "bounces", 1, 5, 1, 5);

        var result = await CommandResult.RunAsync(line, "replay", "-", "-f", Manifests.Sample("digits-rollout.yaml"));

        Assert.That(
            result.Error,
            Does.Contain("line 1: guardrail \"bounces\" is not one of the manifest's that judge counts; "
                + "want accuracy, slower, too-slow, errors"));
    }

    [Test]
    public async Task A_manifest_whose_guardrails_judge_no_counts_is_refused()
    {
        using var manifest = new TemporaryFile(
            Manifests.With("""{guardrails: [{name: approval, type: Webhook, webhook: {url: "http://approvals/"}}]}"""));

        var result = await CommandResult.RunAsync(Good, "replay", "-", "-f", manifest.Path);

        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Error, Does.Contain("spec.rollout.analysis.guardrails: none of them judges counts"));
    }
}
