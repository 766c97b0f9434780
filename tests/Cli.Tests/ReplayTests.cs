using System.Text.Json.Nodes;
using ModelOperator.Analysis;

namespace ModelOperator.Cli.Tests;

/// <summary>Replays of good input.</summary>
public class ReplayTests
{
    private const string Quiet = """{"t":0,"guardrail":"errors","canary":{"bad":0,"total":50},"stable":{"bad":4,"total":450}}""";

    [Test]
    public async Task Every_block_with_a_canary_gets_a_line_that_says_what_the_planners_own_classes_say()
    {
        string input = string.Concat(Enumerable.Range(0, 40).Select(i => Line(i * 10, "errors", 3 + (i % 3), 50, 5, 450)));

        var result = await CommandResult.RunAsync(input, "replay", "-", "--margin", "1");

        var judge = Judge.ForGuardrails(99, 1);
        var criterion = Criterion.Margin(0.01);
        var evidence = new GuardrailEvidence();
        Assert.That(result, Has.Property(nameof(result.ExitCode)).EqualTo(0).And.Property(nameof(result.Error)).Empty);
        Assert.That(result.Lines, Has.Length.EqualTo(41));
        for (int i = 0; i < 40; i++)
        {
            evidence = evidence.Collect(new Block(new ArmCounts(3 + (i % 3), 50), new ArmCounts(5, 450))).CloseBlock(criterion);
            var expected = judge.Of(evidence, criterion);
            var line = JsonNode.Parse(result.Lines[i])!;
            Assert.Multiple(() =>
            {
                Assert.That((int)line["t"]!, Is.EqualTo(i * 10));
                Assert.That((string)line["verdict"]!, Is.EqualTo(expected.Verdict.ToString()));
                Assert.That((double)line["eHarm"]!, Is.EqualTo(expected.HarmOdds).Within(0.001).Percent);
                Assert.That((double)line["eSafe"]!, Is.EqualTo(expected.SafetyOdds).Within(0.001).Percent);
                Assert.That((double)line["interval"]![0]!, Is.EqualTo(expected.Interval.Low).Within(0.001).Percent);
                Assert.That((double)line["interval"]![1]!, Is.EqualTo(expected.Interval.High).Within(0.001).Percent);
                Assert.That(
                    (string)line["message"]!,
                    Is.EqualTo(Sentence.Of(Measure.Metric("errors"), criterion, evidence, expected, judge)));
            });
        }

        var final = JsonNode.Parse(result.Lines[40])!;
        Assert.That((string)final["verdict"]!, Is.EqualTo("Harmful"));
        Assert.That((double)final["guardrails"]![0]!["decidedAt"]!, Is.Positive.And.LessThan(390));
    }

    [Test]
    public async Task A_recorded_rollout_is_judged_to_the_last_digit_as_ever()
    {
        var result = await CommandResult.RunAsync(
            "", "replay", Golden.Path("replay.ndjson"), "-f", Manifests.Sample("digits-rollout.yaml"));

        Golden.Verify("replay.expected.ndjson", result.Output);
    }

    [Test]
    public async Task A_block_of_stable_alone_teaches_the_baseline_and_decides_nothing()
    {
        string before = """{"t":-10,"guardrail":"errors","stable":{"bad":5,"total":500}}""" + "\n";

        var taught = await CommandResult.RunAsync(
            before + Line(0, "errors", 9, 50, 5, 450) + Line(10, "errors", 9, 50, 5, 450), "replay", "-");
        var untaught = await CommandResult.RunAsync(Line(0, "errors", 9, 50, 5, 450), "replay", "-");

        Assert.Multiple(() =>
        {
            Assert.That(taught.Lines, Has.Length.EqualTo(3));
            Assert.That(Number(taught.Lines[0], "eHarm"), Is.GreaterThan(10), "as much as one block may show");
            Assert.That(Number(taught.Lines[1], "eHarm"), Is.GreaterThan(100));
            Assert.That(Number(untaught.Lines[0], "eHarm"), Is.EqualTo(1), "the first block is there to learn from");
        });
    }

    [Test]
    public async Task The_error_rate_is_shared_over_the_guardrails_of_a_file()
    {
        string input = Quiet + "\n" + Line(0, "accuracy", 1, 50, 9, 450) + Line(10, "errors", 1, 50, 9, 450);
        using var file = new TemporaryFile(input);

        var shared = await CommandResult.RunAsync("", "replay", file.Path);
        var said = await CommandResult.RunAsync(input, "replay", "-", "--guardrails", "2");

        Assert.Multiple(() =>
        {
            Assert.That(shared.Output, Is.EqualTo(said.Output));
            Assert.That((string)JsonNode.Parse(shared.Lines[0])!["message"]!, Does.Contain("decided at 1 in 200"));
        });
    }

    [Test]
    public async Task A_limit_judges_the_canary_alone()
    {
        string input = string.Concat(
            Enumerable.Range(0, 30).Select(i => $$$"""{"t":{{{i}}},"guardrail":"accuracy","canary":{"bad":12,"total":100}}""" + "\n"));

        var result = await CommandResult.RunAsync(input, "replay", "-", "--limit", "8");

        var final = JsonNode.Parse(result.Lines[^1])!;
        Assert.Multiple(() =>
        {
            Assert.That((string)final["verdict"]!, Is.EqualTo("Harmful"));
            Assert.That((string)final["guardrails"]![0]!["message"]!, Does.StartWith("canary is beyond the limit of 8 %"));
        });
    }

    [Test]
    public async Task A_manifest_says_margins_objectives_confidence_and_deadline()
    {
        using var manifest = new TemporaryFile(Manifests.With(
            """
            {deadlineSeconds: 20, confidencePercent: 95, guardrails: [
                {name: accuracy, type: Accuracy, minAccuracyPercent: 90}, {name: errors, type: ErrorRate, marginPercent: 3},
                {name: approval, type: Webhook, webhook: {url: "http://approvals/"}}]}
            """));
        string input = Line(0, "errors", 1, 50, 9, 450)
            + """{"t":0,"guardrail":"accuracy","canary":{"bad":1,"total":10}}""" + "\n"
            + Line(20, "errors", 1, 50, 9, 450);

        var result = await CommandResult.RunAsync(input, "replay", "-", "-f", manifest.Path);

        Assert.That(result.Error, Is.Empty);
        var final = JsonNode.Parse(result.Lines[^1])!;
        Assert.Multiple(() =>
        {
            Assert.That((string)final["verdict"]!, Is.EqualTo("Inconclusive"));
            Assert.That(
                (string)JsonNode.Parse(result.Lines[0])!["message"]!,
                Does.Contain("failed").And.Contain("decided at 1 in 40"),
                "shared over two: a gate takes no share");
            Assert.That((string)JsonNode.Parse(result.Lines[1])!["message"]!, Does.Contain("wrong").And.Contain("rate "));
        });
    }

    [Test]
    public async Task A_guardrail_that_only_warns_is_judged_and_left_out_of_the_whole()
    {
        using var manifest = new TemporaryFile(Manifests.With(
            "{guardrails: [{name: accuracy, type: Accuracy}, {name: errors, type: ErrorRate, onHarm: Warn}, "
            + "{name: slow, type: Latency, onHarm: Warn}]}"));
        string input = string.Concat(
            Enumerable.Range(0, 100).Select(i => Line(i * 10, "errors", 100, 500, 10, 4500) + Line(i * 10, "accuracy", 1, 500, 10, 4500)));

        var result = await CommandResult.RunAsync(input, "replay", "-", "-f", manifest.Path);

        var final = JsonNode.Parse(result.Lines[^1])!;
        Assert.Multiple(() =>
        {
            Assert.That(
                final["guardrails"]!.AsArray().Select(guardrail => (string)guardrail!["verdict"]!),
                Is.EqualTo(new[] { "Harmful", "Safe" }));
            Assert.That((string)final["guardrails"]![0]!["message"]!, Does.EndWith("; this guardrail only warns"));
            Assert.That((string)final["verdict"]!, Is.EqualTo("Safe"), "accuracy alone decides, with all of the error rate");
        });
    }

    [Test]
    public async Task A_guardrail_of_the_manifest_without_blocks_leaves_the_whole_undecided()
    {
        string input = string.Concat(Enumerable.Range(0, 100).Select(i => Line(i * 10, "errors", 1, 500, 10, 4500)));

        var result = await CommandResult.RunAsync(input, "replay", "-", "-f", Manifests.Sample("digits-rollout.yaml"));

        var final = JsonNode.Parse(result.Lines[^1])!;
        Assert.Multiple(() =>
        {
            Assert.That((string)final["guardrails"]![0]!["verdict"]!, Is.EqualTo("Safe"));
            Assert.That((string)final["verdict"]!, Is.EqualTo("Continue"));
        });
    }

    [TestCase("""{"t":"\ud800","guardrail":"errors"}""")]
    [TestCase("""{"\udc00":1}""")]
    [TestCase("""{"t":0,"guardrail":"\ud800","stable":{"bad":1,"total":450}}""")]
    public async Task Half_a_character_is_refused_with_its_line(string line)
    {
        var result = await CommandResult.RunAsync(Line(0, "errors", 1, 50, 9, 450) + line + "\n", "replay", "-");

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Error, Does.Contain("line 2: has text that is not valid UTF-8"));
        });
    }

    [Test]
    public async Task Bytes_that_are_no_UTF8_are_refused_with_their_line()
    {
        byte[] line = [.. "{\"t\":0,\"guardrail\":\"err"u8, 0xff, 0xfe, .. "\",\"stable\":{\"bad\":1,\"total\":450}}"u8];

        var result = await CommandResult.RunAsync(new MemoryStream(line), "replay", "-");

        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Error, Does.Contain("line 1: "));
        });
    }

    /// <summary>Weights are not in a stream: the canary's share tells where a step began.</summary>
    [Test]
    public async Task What_was_safe_at_one_weight_is_judged_anew_at_the_next()
    {
        string input = string.Concat(Enumerable.Range(0, 30).Select(i => Line(i * 10, "errors", 5, 500, 45, 4500)))
            + string.Concat(Enumerable.Range(30, 4).Select(i => Line(i * 10, "errors", 1000, 2500, 25, 2500)));

        var result = await CommandResult.RunAsync(input, "replay", "-", "--margin", "5");

        string[] verdicts = [.. result.Lines[..^1].Select(line => (string)JsonNode.Parse(line)!["verdict"]!)];
        Assert.Multiple(() =>
        {
            Assert.That(verdicts[29], Is.EqualTo("Safe"));
            Assert.That(verdicts[30], Is.EqualTo("Continue"), "one block is no proof");
            Assert.That(verdicts[32], Is.EqualTo("Harmful"));
        });
    }

    [Test]
    public async Task No_input_is_no_data()
    {
        var result = await CommandResult.RunAsync("", "replay", "-");

        Assert.That(result.Output, Is.EqualTo("""{"verdict":"NoData","lines":0,"guardrails":[]}""" + "\n"));
    }

    [Test]
    public async Task Windows_line_ends_a_byte_order_mark_and_a_last_line_without_end_are_read()
    {
        string input = "\uFEFF" + Quiet + "\r\n" + Line(10, "errors", 1, 50, 9, 450).TrimEnd();

        var result = await CommandResult.RunAsync(input, "replay", "-");

        Assert.That((result.ExitCode, result.Lines.Length), Is.EqualTo((0, 3)), result.Error);
    }

    [Test]
    public async Task Memory_does_not_grow_with_the_input()
    {
        long small = await PeakAsync(2_000);
        long large = await PeakAsync(40_000);

        Assert.That(large, Is.LessThan(small + 2_000_000), "bytes alive while it reads");
    }

    internal static string Line(double t, string guardrail, long canaryBad, long canary, long stableBad, long stable) =>
        $$$"""{"t":{{{t}}},"guardrail":"{{{guardrail}}}","canary":{"bad":{{{canaryBad}}},"total":{{{canary}}}}"""
        + $$$""","stable":{"bad":{{{stableBad}}},"total":{{{stable}}}}}""" + "\n";

    private static double Number(string line, string field) => (double)JsonNode.Parse(line)![field]!;

    private static async Task<long> PeakAsync(int lines)
    {
        using var endless = new GeneratedStream(i => i < lines ? Line(i, "errors", 1, 50, 9, 450) : null);
        var settings = Replay.ReplayRules.Of(
            99, 86_400, 1, Replay.PercentByName.Parse("--margin", []), Replay.PercentByName.Parse("--limit", []));
        var reader = new Replay.LineReader(endless);
        var replayer = new Replay.Replayer(settings);
        long peak = 0;
        while (await reader.ReadAsync(CancellationToken.None) is { } line)
        {
            replayer.Add(Replay.BlockLineParser.Parse(line.Span, reader.Number), reader.Number);
            if (reader.Number % (lines / 4) == 0)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        Assert.That(reader.Number, Is.EqualTo(lines));
        return peak;
    }
}
