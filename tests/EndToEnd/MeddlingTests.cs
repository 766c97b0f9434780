using System.Globalization;
using ModelOperator.Demo.Load;
using ModelOperator.Demo.Play;

namespace ModelOperator.EndToEnd;

/// <summary>What the operator made is relabelled, disowned, scaled, edited and deleted by hand while a rollout goes on.</summary>
public sealed class MeddlingTests
{
    private const string Rollout = """
          replicas: 2
          rollout:
            steps: [{weight: 50, durationSeconds: 3600}]
            analysis:
              intervalSeconds: 5
              deadlineSeconds: 86400
              guardrails:
                - {name: accuracy, type: Accuracy, marginPercent: 10}
                - {name: errors, type: ErrorRate, marginPercent: 5}
        """;

    /// <summary>What is done to a child, and what tells that it was put back.</summary>
    private sealed record Meddling(string Child, string What, string Command, string Look, string? Right, bool MayLose = false);

    private sealed record Outcome(string Child, string What, double RestoredAfterSeconds, long Lost, bool MayLose);

    [Test]
    public async Task Whatever_is_done_to_its_children_by_hand_is_put_back_and_the_rollout_goes_on()
    {
        await using var place = await TestNamespace.CreateAsync("meddling");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v1.onnx", Rollout));
        await place.RunAsync("wait --for=condition=Ready mdep/digits --timeout=170s");
        await place.ApplyAsync(Cluster.Manifests(place.Name).Load);
        await place.RunAsync("rollout status deployment/load --timeout=170s");
        await place.ApplyAsync(Manifest.ModelDeployment("digits", "digits-v2.onnx", Rollout));
        await place.EventuallyAsync("get mdep digits -o jsonpath={.status.canaryWeight}", weight => weight == "50", "the canary's traffic");
        string before = await RolloutAsync(place);
        string stable = "deployment/digits-" + await place.RunAsync("get mdep digits -o jsonpath={.status.stableRevision}");
        string canary = "deployment/digits-" + await place.RunAsync("get mdep digits -o jsonpath={.status.canaryRevision}");

        var outcomes = new List<Outcome>();
        foreach (var meddling in OfRevision(stable).Concat(OfRevision(canary)).Concat(OfRouter()).Concat(OfService()))
        {
            outcomes.Add(await MeddleAsync(place, meddling));
            TestContext.Progress.WriteLine(Line(outcomes[^1]));
        }

        Assert.That(await RolloutAsync(place), Is.EqualTo(before), "the same revisions, and none rejected");
        Assert.That(await place.RunAsync("get events -o jsonpath={.items[*].reason}"), Does.Contain("MetadataRestored"));
        Assert.That(outcomes.Where(outcome => outcome.Lost > 0 && !outcome.MayLose).Select(Line), Is.Empty, "requests were lost");
    }

    private static IEnumerable<Meddling> OfRevision(string child) =>
    [
        new(child, "relabel", $"label {child} modeloperator.io/revision-",
            $"get {child} -o jsonpath={{.metadata.labels.modeloperator\\.io/revision}}", child.Split('-')[1]),
        new(child, "relabel managed-by", $"label {child} app.kubernetes.io/managed-by=somebody --overwrite",
            $"get {child} -o jsonpath={{.metadata.labels.app\\.kubernetes\\.io/managed-by}}", "model-operator"),
        Disown(child),
        new(child, "scale to 0", $"scale {child} --replicas=0", Replicas(child), Right: null),
        new(child, "edit the image", $"set image {child} runtime=localhost/no-such-image:1",
            $"get {child} -o jsonpath={{.spec.template.spec.containers[0].image}}", Cluster.RuntimeImage),
        new(child, "delete", $"delete {child}", Replicas(child), Right: null),
    ];

    private static string Replicas(string child) =>
        $"get {child} -o jsonpath={{.spec.replicas}}/{{.status.availableReplicas}}/{{.metadata.generation}}/{{.status.observedGeneration}}";

    // As many pods are available as are asked for, some at least, and that of the newest spec.
    private static bool IsWhole(string replicas) =>
        replicas.Split('/') is [not "0", _, _, _] parts && parts[0] == parts[1] && parts[2] == parts[3];

    private static Meddling Disown(string child) => new(
        child, "disown", $"patch {child} --type=json -p [{{\"op\":\"remove\",\"path\":\"/metadata/ownerReferences\"}}]",
        $"get {child} -o jsonpath={{.metadata.ownerReferences[0].kind}}", "ModelDeployment");

    private static IEnumerable<Meddling> OfRouter()
    {
        const string Child = "deployment/model-router";
        return
        [
            new(Child, "relabel", $"label {Child} app.kubernetes.io/managed-by=somebody --overwrite",
                $"get {Child} -o jsonpath={{.metadata.labels.app\\.kubernetes\\.io/managed-by}}", "model-operator"),
            Disown(Child),
            // Before Kubernetes 1.26 a Service sends nothing to pods on their end, also when there are no others.
            new(Child, "scale to 0", $"scale {Child} --replicas=0", Replicas(Child), Right: null, MayLose: true),
            new(Child, "delete", $"delete {Child}", Replicas(Child), Right: null, MayLose: true),
        ];
    }

    private static IEnumerable<Meddling> OfService()
    {
        const string Child = "service/digits";
        return
        [
            new(Child, "relabel", $"label {Child} app.kubernetes.io/managed-by-",
                $"get {Child} -o jsonpath={{.metadata.labels.app\\.kubernetes\\.io/managed-by}}", "model-operator"),
            Disown(Child),
            new(Child, "edit the selector", $"patch {Child} -p {{\"spec\":{{\"selector\":{{\"app.kubernetes.io/component\":\"none\"}}}}}}",
                $"get {Child} -o jsonpath={{.spec.selector.app\\.kubernetes\\.io/component}}", "router"),
            new(Child, "delete", $"delete {Child}", $"get endpoints digits -o jsonpath={{.subsets[0].ports[0].port}}", "8080"),
        ];
    }

    private static async Task<Outcome> MeddleAsync(TestNamespace place, Meddling meddling)
    {
        var observer = new Observer(place.Kubectl, place.Name);
        long failedBefore = (await observer.LoadAsync(CancellationToken.None)).Failed;
        await place.RunAsync(meddling.Command);
        long start = TimeProvider.System.GetTimestamp();
        await place.EventuallyAsync(meddling.Look, state => meddling.Right is { } right ? state == right : IsWhole(state),
            $"{meddling.Child} to be put back after: {meddling.What}");
        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;

        // What pods on their end were asked may still be lost.
        await Task.Delay(TimeSpan.FromSeconds(5));
        LoadReport after = await observer.LoadAsync(CancellationToken.None);
        return new Outcome(meddling.Child, meddling.What, seconds, after.Failed - failedBefore, meddling.MayLose);
    }

    private static Task<string> RolloutAsync(TestNamespace place) => place.RunAsync(
        "get mdep digits -o jsonpath={.status.phase}/{.status.stableRevision}/{.status.canaryRevision}"
        + "/{.status.canaryWeight}/{.status.rejected}");

    private static string Line(Outcome outcome) => string.Create(
        CultureInfo.InvariantCulture,
        $"{outcome.Child,-28} {outcome.What,-20} put back after {outcome.RestoredAfterSeconds,5:0.0} s, {outcome.Lost} requests lost");
}
