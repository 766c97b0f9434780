namespace ModelOperator.EndToEnd;

/// <summary>What a kubectl user expects of a resource.</summary>
public sealed class KubectlTests
{
    [Test]
    public async Task A_kubectl_user_finds_what_they_expect()
    {
        await using var place = await TestNamespace.CreateAsync("kubectl");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx"));
        await place.RunAsync("wait --for=condition=Ready mdep/digits --timeout=170s");

        string table = await place.EventuallyAsync("get mdep", rows => !rows.Contains("Promoting"), "the first revision to be at rest");
        Assert.That(table.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Is.EqualTo(new[] { "NAME", "READY", "PHASE", "STABLE", "CANARY", "WEIGHT", "AGE" }));
        Assert.That(table, Does.Contain("digits").And.Contain("True").And.Contain("Stable"));

        string description = await place.RunAsync("describe mdep digits");
        Assert.That(description, Does.Contain("Stable Revision").And.Contain("Events:").And.Contain("model-operator"));

        Assert.That(await place.RunAsync("explain mdep.spec.rollout"), Does.Contain("steps").And.Contain("progressDeadlineSeconds"));
        Assert.That(await place.RunAsync("get all"), Does.Contain("modeldeployment.modeloperator.io/digits"));

        await place.RunAsync("scale mdep/digits --replicas=3");
        await place.EventuallyAsync("get mdep digits -o jsonpath={.status.readyReplicas}", count => count == "3", "three ready pods");
        await place.RunAsync("scale mdep/digits --replicas=1");
        await place.EventuallyAsync(
            "get pods -l modeloperator.io/model=digits --no-headers", pods => pods.Trim().Split('\n').Length == 1, "one pod");
    }

    [Test]
    public async Task Deleting_the_last_model_leaves_nothing_of_ours()
    {
        await using var place = await TestNamespace.CreateAsync("delete");
        await place.ApplyAsync(Manifest.ModelDeployment("first", "digits-v1.onnx"));
        await place.ApplyAsync(Manifest.ModelDeployment("second", "digits-v2.onnx"));
        await place.RunAsync("wait --for=condition=Ready mdep/first mdep/second --timeout=170s");
        const string Everything =
            "get deployments,replicasets,pods,services,serviceaccounts,rolebindings,secrets,configmaps "
            + "-l app.kubernetes.io/managed-by=model-operator -o name";

        await place.RunAsync("delete mdep first");
        await place.EventuallyAsync(Everything, names => !names.Contains("/first"), "the objects of the first model to go");
        Assert.That(await place.RunAsync("get deployment model-router -o name"), Is.Not.Empty, "the router serves the second model on");

        await place.RunAsync("delete mdep second");
        await place.EventuallyAsync(Everything, names => names.Trim().Length == 0, "everything of ours to go");
        Assert.That(await place.RunAsync("get deployments,services,rolebindings -o name"), Is.Empty);
    }

    [TestCase("  replicas: -1", "spec.replicas")]
    [TestCase("  rollout: {steps: [{weight: 101}]}", "weight")]
    [TestCase("  rollout: {analysis: {confidencePercent: 120}}", "confidencePercent")]
    [TestCase("  rollout: {steps: [{weight: 50}, {weight: 10}]}", "spec.rollout.steps")]
    [TestCase("  rollout: {analysis: {guardrails: [{name: a, type: Accuracy, maxMilliseconds: 5}]}}", "maxMilliseconds")]
    public async Task A_wrong_value_is_refused_at_apply(string more, string field)
    {
        await using var place = await TestNamespace.CreateAsync($"refuse-{TestContext.CurrentContext.Test.ID}");

        Assert.That(
            () => place.ApplyAsync(Manifest.ModelDeployment("wrong", "digits-v1.onnx", more)),
            Throws.TypeOf<Demo.Play.KubectlException>().With.Message.Contains(field));
    }
}
