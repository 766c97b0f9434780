namespace ModelOperator.EndToEnd;

/// <summary>A check of the user's own, run by a real kubelet.</summary>
public sealed class JobGateTests
{
    [Test]
    public async Task A_job_that_ends_well_promotes_and_one_that_fails_rolls_back_with_its_last_words()
    {
        await using var place = await TestNamespace.CreateAsync("job");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx", Rollout("--help")));
        await place.RunAsync("wait --for=condition=Ready mdep/digits --timeout=170s");
        string first = await place.RunAsync("get mdep digits -o jsonpath={.status.stableRevision}");

        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v2.onnx", Rollout("--help")));

        string second = await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.stableRevision}", revision => revision != first, "the second model to be promoted");
        string safe = await place.RunAsync("get mdep digits -o jsonpath={.status.analysis[0].verdict}{.status.analysis[0].message}");
        Assert.That(safe, Does.StartWith("Safethe Job finds the canary safe"));

        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v3.onnx", Rollout("no-such-command")));

        string rejected = await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.rejected[0].reason}:{.status.rejected[0].message}",
            text => text.Length > 1,
            "the third model to be rejected");
        Assert.That(
            rejected,
            Does.StartWith("GateHarmful:check: the Job finds the canary harmful: container check ended with exit code 1"));
        Assert.That(await place.RunAsync("get mdep digits -o jsonpath={.status.stableRevision}"), Is.EqualTo(second));
        string pod = await place.RunAsync("get pods -l job-name -o jsonpath={.items[*].spec.containers[0].env[*].name}");
        Assert.That(pod, Does.Contain("CANARY_URL").And.Contain("STABLE_URL"));
    }

    private static string Rollout(string argument) => $$"""
          rollout:
            steps: [{weight: 50, durationSeconds: 2}]
            analysis:
              intervalSeconds: 2
              guardrails:
                - name: check
                  type: Job
                  job:
                    template:
                      spec:
                        containers:
                          - {name: check, image: "{{Cluster.DemoImage}}", imagePullPolicy: IfNotPresent, args: ["{{argument}}"]}
        """;
}
