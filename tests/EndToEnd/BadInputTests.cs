namespace ModelOperator.EndToEnd;

/// <summary>Specs that only the cluster can judge: a condition says what is wrong, and the stable revision serves on.</summary>
[Parallelizable(ParallelScope.Children)]
public sealed class BadInputTests
{
    private static readonly string WrongDigest = new('0', 64);

    private static IEnumerable<TestCaseData> WrongSpecs()
    {
        yield return new TestCaseData(
            "secret",
            Manifest.ModelDeployment("wrong", "digits-v1.onnx")
                .Replace("  model:", "  model:\n    credentialsSecretRef: {name: no-such-secret}"),
            "SecretNotFound",
            "no-such-secret").SetArgDisplayNames("no such secret");
        yield return new TestCaseData(
            "digest",
            Manifest.ModelDeployment("wrong", "digits-v1.onnx", digest: WrongDigest),
            "DigestMismatch",
            WrongDigest).SetArgDisplayNames("another digest");
        yield return new TestCaseData(
            "absent",
            Manifest.ModelDeployment("wrong", "digits-v1.onnx").Replace("/digits-v1.onnx", "/no-such-file.onnx"),
            "ModelNotFound",
            "no-such-file.onnx").SetArgDisplayNames("a file that is not there");
        yield return new TestCaseData(
            "unreachable",
            Manifest.ModelDeployment("wrong", "digits-v1.onnx").Replace("http://model-store.", "http://no-such-host."),
            "ModelDownloadFailed",
            "no-such-host").SetArgDisplayNames("a host that is not there");
        yield return new TestCaseData(
            "garbage", Manifest.ModelDeployment("wrong", "digits-v5.onnx"), "ModelInvalid", "").SetArgDisplayNames("not a model");
        yield return new TestCaseData(
            "gpu",
            Manifest.ModelDeployment("wrong", "digits-v1.onnx", "  runtime: {accelerator: {kind: Gpu}}"),
            "Unschedulable",
            "nvidia.com/gpu").SetArgDisplayNames("no node with a GPU");
        yield return new TestCaseData(
            "image",
            Manifest.ModelDeployment("wrong", "digits-v1.onnx", "  runtime: {image: 'localhost/no-such-image:1'}"),
            "ImagePullFailed",
            "no-such-image").SetArgDisplayNames("an image that is not there");
    }

    [TestCaseSource(nameof(WrongSpecs))]
    public async Task The_first_revision_says_what_is_wrong(string name, string manifest, string reason, string words)
    {
        await using var place = await TestNamespace.CreateAsync($"first-{name}");
        await place.ApplyAsync(manifest);

        string stalled = await place.EventuallyAsync(
            "get mdep wrong -o jsonpath={.status.conditions[?(@.type==\"Stalled\")]}",
            condition => condition.Contains("\"status\":\"True\"") && condition.Contains(reason), $"Stalled=True with reason {reason}");
        Assert.That(stalled, Does.Contain(words));
        Assert.That(
            await place.RunAsync("get mdep wrong -o jsonpath={.status.conditions[?(@.type==\"Ready\")].status}"),
            Is.EqualTo("False"));
    }

    [Test]
    public async Task A_wrong_update_leaves_the_stable_revision_serving()
    {
        await using var place = await TestNamespace.CreateAsync("update");
        const string Deadline = "  rollout: {progressDeadlineSeconds: 40}";
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx", Deadline));
        await place.RunAsync("wait --for=condition=Ready mdep/digits --timeout=170s");
        string stable = await place.RunAsync("get mdep digits -o jsonpath={.status.stableRevision}");
        string pods = await place.RunAsync("get pods -l modeloperator.io/model=digits -o name");

        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx", Deadline, WrongDigest));

        await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.rejected[0].reason}{.status.rejected[0].message}",
            rejected => rejected.Contains("ProgressDeadlineExceeded") && rejected.Contains(WrongDigest), "the revision to be rejected");
        Assert.That(await place.RunAsync("get mdep digits -o jsonpath={.status.stableRevision}"), Is.EqualTo(stable));
        Assert.That(
            await place.RunAsync("get mdep digits -o jsonpath={.status.conditions[?(@.type==\"Stalled\")].status}"),
            Is.EqualTo("True"));
        await place.EventuallyAsync(
            "get pods -l modeloperator.io/model=digits -o name",
            names => names == pods,
            "the stable pods alone, never restarted");

        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx", Deadline));
        await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.phase}",
            phase => phase == "Stable",
            "the old spec to be at rest again");
    }
}
