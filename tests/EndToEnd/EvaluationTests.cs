namespace ModelOperator.EndToEnd;

/// <summary>A new revision answers labelled data in the cluster before it gets any traffic.</summary>
[Parallelizable(ParallelScope.Children)]
public sealed class EvaluationTests
{
    private const string Rows = "digits-evaluation.ndjson";

    [Test]
    public async Task A_bad_model_is_refused_before_any_traffic_and_a_good_one_goes_on()
    {
        await using var place = await TestNamespace.CreateAsync("evaluation");
        string rollout = Rollout(
            $"dataset: {{uri: '{Manifest.Uri(Rows)}', digest: sha256:{Manifest.Digest(Rows)}}}, "
            + "minAccuracyPercent: 90, maxAccuracyDropPercent: 2");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx", rollout));
        await place.RunAsync("wait --for=condition=Ready mdep/digits --timeout=170s");
        string first = await place.RunAsync(
            "get mdep digits -o jsonpath={.status.stableRevision}{\"/\"}{.status.evaluation.state}{\"/\"}{.status.evaluation.rows}");
        string routing = await place.RunAsync("get mdep digits -o jsonpath={.status.routing}");

        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v3.onnx", rollout));
        string rejected = await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.rejected[0].reason}{\":\"}{.status.rejected[0].message}",
            text => text.StartsWith("EvaluationFailed", StringComparison.Ordinal),
            "the bad model to be refused");
        TestContext.Out.WriteLine(rejected);

        Assert.That(first, Does.EndWith("/Passed/540"));
        Assert.That(rejected, Does.Contain("below minAccuracyPercent 90").And.Contain("wrong only by the new revision"));
        Assert.That(
            await place.RunAsync("get mdep digits -o jsonpath={.status.routing}"),
            Is.EqualTo(routing),
            "no table ever held the bad model");
        Assert.That(await place.RunAsync("get mdep digits -o jsonpath={.status.history[-1:].message}"), Does.EndWith("it had no traffic"));

        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v2.onnx", rollout));
        await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.canaryWeight}",
            weight => weight == "5",
            "the good model's first traffic");
        string passed = await place.RunAsync("get mdep digits -o jsonpath={.status.evaluation.state}{\":\"}{.status.evaluation.message}");
        TestContext.Out.WriteLine(passed);

        Assert.That(passed, Does.StartWith("Passed:5").And.Contain("of 540 answers right"));
        Assert.That(
            await place.RunAsync("get events -o jsonpath={.items[*].reason}"),
            Does.Contain("EvaluationPassed").And.Contain("EvaluationFailed"));
        await place.EventuallyAsync(
            "get jobs,services -o name",
            names => names.Trim() == "service/digits",
            "the Job and the Services of the revisions to go");
    }

    [Test]
    public async Task A_slow_model_is_refused_although_the_operator_is_killed_while_it_is_evaluated()
    {
        await using var place = await TestNamespace.CreateAsync("evaluation-killed");
        // Read from a ConfigMap, one row after the other.
        await place.RunAsync($"create configmap rows --from-file=rows={Path.Combine(Cluster.Models, Rows)}");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx"));
        await place.RunAsync("wait --for=condition=Ready mdep/digits --timeout=170s");
        string rollout = Rollout(
            "dataset: {configMapKeyRef: {name: rows, key: rows}}, maxMilliseconds: 4, quantilePercent: 90, concurrency: 1");

        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v4.onnx", rollout));
        string progress = await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.conditions[?(@.type==\"Progressing\")].reason}"
                + "{\":\"}{.status.conditions[?(@.type==\"Progressing\")].message}",
            text => text.StartsWith("EvaluationRunning", StringComparison.Ordinal) && text.Contains(" %, "),
            "progress in the condition");
        TestContext.Out.WriteLine(progress);
        string job = await place.RunAsync("get jobs -o jsonpath={.items[*].metadata.uid}");
        await Cluster.KillOperatorAsync();
        string rejected = await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.rejected[0].reason}{\":\"}{.status.rejected[0].message}",
            text => text.StartsWith("EvaluationFailed", StringComparison.Ordinal),
            "the slow model to be refused");
        TestContext.Out.WriteLine(rejected);

        Assert.That(job, Is.Not.Empty.And.Not.Contain(" "), "one Job");
        Assert.That(rejected, Does.Contain("took longer than maxMilliseconds 4, more than 10 %"));
        Assert.That(
            await place.RunAsync("get mdep digits -o jsonpath={.status.routing.version}"),
            Is.EqualTo("1"),
            "no table ever held it");
    }

    [Test]
    public async Task Data_that_is_none_holds_the_revision_with_the_line_named()
    {
        await using var place = await TestNamespace.CreateAsync("evaluation-data");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx"));
        await place.RunAsync("wait --for=condition=Ready mdep/digits --timeout=170s");

        await place.ApplyAsync(Manifest.ModelDeployment(
            "digits",
            "digits-v2.onnx",
            Rollout($"dataset: {{uri: '{Manifest.Uri("digits-heldout.ndjson")}'}}, minAccuracyPercent: 90")));
        string held = await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.conditions[?(@.type==\"Stalled\")].reason}{\":\"}{.status.message}",
            text => text.StartsWith("EvaluationError", StringComparison.Ordinal),
            "the error");
        TestContext.Out.WriteLine(held);

        Assert.That(held, Does.Contain("DatasetInvalid: line 1 of the data set: \"image\" is not a field of a row"));
        Assert.That(await place.RunAsync("get mdep digits -o jsonpath={.status.rejected}{.status.canaryWeight}"), Is.EqualTo("0"));
        await place.EventuallyAsync("get jobs -o jsonpath={.items[0].spec.parallelism}", count => count == "0", "no further try");

        // Data that is right makes it go on.
        await place.ApplyAsync(Manifest.ModelDeployment(
            "digits", "digits-v2.onnx", Rollout($"dataset: {{uri: '{Manifest.Uri(Rows)}'}}, minAccuracyPercent: 90")));
        await place.EventuallyAsync("get mdep digits -o jsonpath={.status.canaryWeight}", weight => weight == "5", "the first traffic");
    }

    private static string Rollout(string evaluation) => $$"""
          rollout:
            evaluation: {{{evaluation}}}
        """;
}
