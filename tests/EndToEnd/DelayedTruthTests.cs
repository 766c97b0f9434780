namespace ModelOperator.EndToEnd;

/// <summary>Labels that come long after the answers.</summary>
public sealed class DelayedTruthTests
{
    private const string Rollout = """
          rollout:
            steps: [{weight: 50, durationSeconds: 2}]
            analysis:
              intervalSeconds: 2
              guardrails:
                - {name: accuracy, type: Accuracy, marginPercent: 2}
                - {name: errors, type: ErrorRate, marginPercent: 10}
        """;

    [Test]
    public async Task A_rollout_waits_for_the_truth_says_so_and_counts_it_for_the_revision_that_answered()
    {
        await using var place = await TestNamespace.CreateAsync("truth");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx", Rollout));
        await place.RunAsync("wait --for=condition=Ready mdep/digits --timeout=170s");
        await place.ApplyAsync(Cluster.Manifests(place.Name).Load.Replace("args: [load,", "args: [load, --truth-delay, \"20\","));
        await place.RunAsync("rollout status deployment/load --timeout=170s");

        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v3.onnx", Rollout));

        string message = await place.EventuallyAsync(
            "get mdep digits -o jsonpath={range.status.conditions[?(@.type==\"Progressing\")]}{.reason}{.message}{end}",
            condition => condition.StartsWith("WaitingForTruth", StringComparison.Ordinal), "the rollout to wait for truth");
        Assert.That(message, Does.Contain("truth: accuracy has it for "));

        // v3 is wrong on one digit in eight where v1 is on one in 25; without the truth it would have been promoted.
        string rejected = await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.rejected[0].reason}{.status.canaryRevision}{.status.phase}",
            state => state.Contains("AccuracyHarmful") || state == "Stable", "a verdict", 240);
        Assert.That(rejected, Does.StartWith("AccuracyHarmful"));
    }
}
