using System.Text.Json.Nodes;
using ModelOperator.Demo.Load;
using ModelOperator.Demo.Play;

namespace ModelOperator.EndToEnd;

/// <summary>A person promotes and undoes a rollout with the kubectl plugin while clients send requests.</summary>
public sealed class ControlTests
{
    private const string Rollout = """
          replicas: 2
          rollout:
            steps: [{weight: 20, durationSeconds: 5}, {pause: {}}, {weight: 50, durationSeconds: 5}]
            analysis:
              intervalSeconds: 5
              deadlineSeconds: 86400
              guardrails:
                - {name: accuracy, type: Accuracy, marginPercent: 10}
                - {name: errors, type: ErrorRate, marginPercent: 5}
        """;

    [Test]
    public async Task A_person_promotes_from_a_pause_and_goes_back_and_no_request_is_lost()
    {
        await using var place = await TestNamespace.CreateAsync("control");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx", Rollout));
        await place.RunAsync("wait --for=condition=Ready mdep/digits --timeout=170s");
        string first = await place.RunAsync("get mdep digits -o jsonpath={.status.stableRevision}");
        await place.ApplyAsync(Cluster.Manifests(place.Name).Load);
        await place.RunAsync("rollout status deployment/load --timeout=170s");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v2.onnx", Rollout));
        await place.EventuallyAsync("get mdep digits -o jsonpath={.status.phase}", phase => phase == "Paused", "the pause");
        string second = await place.RunAsync("get mdep digits -o jsonpath={.status.canaryRevision}");

        // The webhook refuses at once what cannot be done, and kubectl shows why.
        var refused = await Assert.ThrowsAsync<KubectlException>(() => OrderAsync(place, $"promote {first}"));
        Assert.That(refused!.Message, Does.Contain($"the canary is {second}, not {first}"));
        var status = await Plugin.RunAsync(place, "status", "digits");
        TestContext.Progress.WriteLine(status.Output);
        Assert.That((status.Code, status.Output), Is.EqualTo((0, status.Output)));
        Assert.That(status.Output, Does.Contain("digits in namespace e2e-control: Paused").And.Contain("kubectl model promote digits"));
        await SucceedAsync(place, "promote", "digits");
        await place.EventuallyAsync("get mdep digits -o jsonpath={.status.canaryWeight}", weight => weight == "50", "the next step");
        var ordered = (await HistoryAsync(place)).Last(decision => (string?)decision!["action"] == "Ordered")!;
        Assert.That((string?)ordered["by"], Is.Not.Null.And.Not.Empty, "the webhook saw who ordered");
        Assert.That(
            (string?)ordered["message"],
            Is.EqualTo($"{ordered["by"]} promotes canary {second} by a step: the pause at step 1 of 2 is over"));

        await SucceedAsync(place, "promote", "digits", "--full");
        await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.phase}/{.status.stableRevision}",
            now => now == $"Stable/{second}",
            "promotion");
        await SucceedAsync(place, "undo", "digits");
        await place.EventuallyAsync(
            "get mdep digits -o jsonpath={.status.phase}/{.status.stableRevision}",
            now => now == $"Rejected/{first}",
            "the way back");
        await place.EventuallyAsync(
            $"get deployment digits-{second} -o jsonpath={{.spec.replicas}}",
            replicas => replicas == "0",
            "the later revision's pods have gone");

        var nothing = await Plugin.RunAsync(place, "abort", "digits");
        Assert.That((nothing.Code, nothing.Output), Is.EqualTo((3, nothing.Output)), "there is nothing to abort");
        Assert.That(nothing.Output, Does.Contain("no rollout"));
        Assert.That(
            await place.RunAsync("get mdep digits -o jsonpath={.metadata.annotations}"),
            Does.Not.Contain("modeloperator.io/control"));
        LoadReport report = await new Observer(place.Kubectl, place.Name).LoadAsync(CancellationToken.None);
        Assert.That((report.Failed, report.Requests > 0), Is.EqualTo((0L, true)), "no request failed");
    }

    private static async Task SucceedAsync(TestNamespace place, params string[] arguments)
    {
        (int code, string output) = await Plugin.RunAsync(place, arguments);
        TestContext.Progress.WriteLine(output);
        Assert.That(code, Is.Zero, output);
    }

    private static Task OrderAsync(TestNamespace place, string order) =>
        place.Kubectl.RunAsync(["annotate", "mdep", "digits", $"modeloperator.io/control={order}"], CancellationToken.None);

    private static async Task<JsonArray> HistoryAsync(TestNamespace place) =>
        JsonNode.Parse(await place.RunAsync("get mdep digits -o jsonpath={.status.history}"))!.AsArray();
}
