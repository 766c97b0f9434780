using System.Text.Json.Nodes;
using ModelOperator.Controller.Intents;

namespace ModelOperator.Controller.Tests.Intents;

[Parallelizable(ParallelScope.All)]
public sealed class PodTemplateMergeTests
{
    [TestCase("""{"a": {"b": 1}}""", """{"a": {"c": 2}}""", """{"a":{"b":1,"c":2}}""", TestName = "Maps merge field by field")]
    [TestCase("""{"a": 1, "b": 2}""", """{"a": null}""", """{"b":2}""", TestName = "A null takes a field away")]
    [TestCase("""{"a": [1, 2]}""", """{"a": [3]}""", """{"a":[3]}""", TestName = "An ordinary list is replaced")]
    [TestCase(
        """{"containers": [{"name": "runtime", "image": "a", "args": ["x"]}]}""",
        """{"containers": [{"name": "runtime", "image": "b"}, {"name": "other"}]}""",
        """{"containers":[{"name":"runtime","image":"b","args":["x"]},{"name":"other"}]}""",
        TestName = "Containers merge by name and others follow")]
    [TestCase(
        """{"initContainers": [{"name": "fetch", "image": "a"}]}""",
        """{"initContainers": [{"name": "fetch", "image": "b"}]}""",
        """{"initContainers":[{"name":"fetch","image":"b"}]}""",
        TestName = "Init containers merge by name")]
    [TestCase(
        """{"env": [{"name": "A", "value": "1"}]}""",
        """{"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}""",
        """{"env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}""",
        TestName = "A variable is replaced whole since value and valueFrom exclude each other")]
    [TestCase(
        """{"volumes": [{"name": "models", "emptyDir": {}}]}""",
        """{"volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": "c"}}]}""",
        """{"volumes":[{"name":"models","persistentVolumeClaim":{"claimName":"c"}}]}""",
        TestName = "A volume is replaced whole since its sources exclude each other")]
    [TestCase(
        """{"volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]}""",
        """{"volumeMounts": [{"name": "cache", "mountPath": "/tmp"}, {"name": "cache", "mountPath": "/cache"}]}""",
        """{"volumeMounts":[{"name":"cache","mountPath":"/tmp"},{"name":"cache","mountPath":"/cache"}]}""",
        TestName = "Mounts merge by path")]
    [TestCase(
        """{"ports": [{"name": "http", "containerPort": 8080}]}""",
        """{"ports": [{"name": "debug", "containerPort": 9000}]}""",
        """{"ports":[{"name":"http","containerPort":8080},{"name":"debug","containerPort":9000}]}""",
        TestName = "Ports merge by name")]
    [TestCase(
        """{"imagePullSecrets": [{"name": "a"}]}""",
        """{"imagePullSecrets": [{"name": "b"}, {"name": "a"}]}""",
        """{"imagePullSecrets":[{"name":"a"},{"name":"b"}]}""",
        TestName = "Image pull secrets merge by name")]
    [TestCase(
        """{"tolerations": [{"key": "a"}]}""",
        """{"tolerations": [{"key": "a"}, {"key": "b"}]}""",
        """{"tolerations":[{"key":"a"},{"key":"a"},{"key":"b"}]}""",
        TestName = "Tolerations are added")]
    [TestCase("""{"a": {"b": 1}}""", """{"a": 5}""", """{"a":5}""", TestName = "A value of another kind replaces")]
    public void Merges(string ours, string users, string expected) =>
        Assert.That(
            PodTemplateMerge.Merge(Parse(ours), Parse(users)).ToJsonString(),
            Is.EqualTo(Parse(expected).ToJsonString()));

    [TestCase("""{"containers": [null, 1, "x", [], {}, {"name": 5}, {"name": null}]}""")]
    [TestCase("""{"containers": 7}""")]
    [TestCase("""{"containers": [{"name": "runtime", "env": 3, "ports": {}}]}""")]
    public void A_template_of_nonsense_is_merged_without_a_crash_for_the_API_server_to_refuse(string users) =>
        Assert.That(
            () => PodTemplateMerge.Merge(Parse("""{"containers": [{"name": "runtime", "env": [], "ports": []}]}"""), Parse(users)),
            Throws.Nothing);

    [Test]
    public void Neither_input_is_changed()
    {
        JsonObject ours = Parse("""{"containers": [{"name": "runtime"}]}""");
        JsonObject users = Parse("""{"containers": [{"name": "runtime", "image": "b"}], "x": {"y": 1}}""");
        string before = ours.ToJsonString() + users.ToJsonString();

        PodTemplateMerge.Merge(ours, users)["x"]!["y"] = 2;

        Assert.That(ours.ToJsonString() + users.ToJsonString(), Is.EqualTo(before));
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
