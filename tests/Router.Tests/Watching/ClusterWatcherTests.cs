using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Api;
using ModelOperator.Router.Tests.Serving;
using ModelOperator.Router.Watching;
using ModelOperator.Testing;

namespace ModelOperator.Router.Tests.Watching;

/// <summary>A router that watches a real API server, in front of real model servers.</summary>
[Category("ApiServer")]
public sealed class ClusterWatcherTests
{
    private const string Stable = "aaaaaaaaaa", Canary = "bbbbbbbbbb";

    private readonly CancellationTokenSource _stop = new();
    private ApiServerFixture _server = null!;
    private TestNamespace _namespace = null!;
    private TestRouter _router = null!;
    private TestPod _stable = null!;
    private TestPod _canary = null!;
    private Task _watching = null!;

    [OneTimeSetUp]
    public async Task SetUp()
    {
        _server = await SharedApiServer.GetAsync();
        await ModelDeploymentDefinition.InstallAsync(_server);
        _namespace = await _server.CreateNamespaceAsync();
        _stable = await TestPod.StartAsync(Stable);
        _canary = await TestPod.StartAsync(Canary);
        _router = await TestRouter.StartAsync(o => o with { Namespace = _namespace.Name });
        _router.Host.Readiness.Synced = false;
        var watcher = new ClusterWatcher(
            _server.Client, _namespace.Name, _router.Host.State, _router.Host.Peers, _router.Host.Readiness,
            TimeProvider.System, NullLoggerFactory.Instance);
        _watching = watcher.RunAsync(_stop.Token);
        await CreateModelAsync();
    }

    [OneTimeTearDown]
    public async Task TearDown()
    {
        await _stop.CancelAsync();
        await _watching;
        await _router.DisposeAsync();
        await _stable.DisposeAsync();
        await _canary.DisposeAsync();
        await _namespace.DisposeAsync();
        _stop.Dispose();
    }

    [Test]
    public async Task A_weight_is_in_force_and_reported_well_under_a_second_after_it_was_written()
    {
        await CreatePodAsync(_stable);
        await CreatePodAsync(_canary);
        await WriteTableAsync(1, (Stable, 100));
        await Eventually.TrueAsync(async () => (await _router.TicksAsync()).TableVersion == 1, "the first table is in force");
        await Eventually.TrueAsync(() => Ready(Stable) && Ready(Canary), "both pods are known as ready");
        Assert.That(_router.Host.Readiness.IsReady, Is.True);

        List<TimeSpan> delays = [];
        for (int version = 2; version <= 10; version++)
        {
            int weight = version * 10;
            await WriteTableAsync(version, (Stable, 100 - weight), (Canary, weight));
            var watch = Stopwatch.StartNew();
            while ((await _router.TicksAsync()).TableVersion < version)
            {
                await Task.Yield();
            }

            delays.Add(watch.Elapsed);

            int before = _canary.Served;
            HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _router.InferAsync()));
            Assert.That(answers.Select(a => a.StatusCode), Has.All.EqualTo(HttpStatusCode.OK));
            Assert.That(_canary.Served - before, Is.EqualTo(weight), "the very next hundred requests have the new shares");
        }

        Assert.That(delays.Order().ElementAt(delays.Count / 2), Is.LessThan(TimeSpan.FromMilliseconds(500)));
    }

    [Test]
    public async Task A_pod_gets_requests_from_when_it_is_ready_until_it_is_told_to_end_or_while_there_is_no_other()
    {
        await using TestPod late = await TestPod.StartAsync("cccccccccc");
        await CreatePodAsync(late, ready: false);
        await Eventually.TrueAsync(() => Known(late), "the pod is known");
        Assert.That(Ready(late.Revision), Is.False);

        await SetReadyAsync(late, true);
        await Eventually.TrueAsync(() => Ready(late.Revision), "the pod is ready");
        using (HttpResponseMessage answer = await _router.InferAsync(headers: ("x-model-revision", late.Revision)))
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        // It is bound to a node, so it is terminating until a kubelet, which is not there, says that it has ended.
        await _server.World.CoreV1.DeleteNamespacedPodAsync(late.Name, _namespace.Name);
        await using TestPod successor = await TestPod.StartAsync(late.Revision, "digits-successor");
        await CreatePodAsync(successor, ready: false);
        await Eventually.TrueAsync(() => Known(successor), "its successor is known");
        Assert.That(GetsRequests(late), Is.True, "its successor is not ready");
        using (HttpResponseMessage answer = await _router.InferAsync(headers: ("x-model-revision", late.Revision)))
        {
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        await SetReadyAsync(successor, true);
        await Eventually.TrueAsync(() => GetsRequests(successor) && !GetsRequests(late), "the pod gets no more requests");
        Assert.That(Known(late), Is.True, "but can be asked about its predictions");
    }

    [Test]
    public async Task Routers_know_each_other_while_they_are_ready()
    {
        await using TestPod other = await TestPod.StartAsync("dddddddddd", "model-router-2");
        await CreatePodAsync(other, component: Labels.RouterComponent);
        await Eventually.TrueAsync(() => _router.Host.Peers.Others.Any(p => p.Name == other.Name), "the router is known");
        Assert.That(Known(other), Is.False, "and no pod of a model");

        await SetReadyAsync(other, false);
        await Eventually.TrueAsync(() => _router.Host.Peers.Others.All(p => p.Name != other.Name), "the router is not asked any more");
    }

    [Test]
    public async Task A_model_that_is_deleted_is_unknown()
    {
        await CreateModelAsync("passing");
        await Eventually.TrueAsync(() => _router.Host.State.Current.Find("passing") is not null, "the model is known");
        Assert.That((await _router.TicksAsync(model: "passing")).TableVersion, Is.EqualTo(-1), "it has no table yet");

        await _server.World.CustomObjects.DeleteNamespacedCustomObjectAsync(
            ModelDeployment.Group, ModelDeployment.Version, _namespace.Name, ModelDeployment.Plural, "passing");
        await Eventually.TrueAsync(() => _router.Host.State.Current.Find("passing") is null, "the model is unknown");
    }

    private bool Ready(string revision) =>
        _router.Host.State.Current.Find("digits")?.Revisions.GetValueOrDefault(revision) is { Ready.Count: > 0 };

    private bool GetsRequests(TestPod pod) =>
        _router.Host.State.Current.Find("digits")?.Revisions.GetValueOrDefault(pod.Revision)?.Ready.Any(ready => ready.Name == pod.Name)
            == true;

    private bool Known(TestPod pod) => _router.Host.State.Current.Find("digits")?.FindPod(pod.Revision, pod.Name) is not null;

    private Task CreateModelAsync(string name = "digits") => _server.World.CustomObjects.CreateNamespacedCustomObjectAsync(
        new JsonObject
        {
            ["apiVersion"] = ModelDeploymentResource.Type.ApiVersion,
            ["kind"] = ModelDeployment.KindName,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["model"] = new JsonObject { ["uri"] = "http://models/digits.onnx" } },
        },
        ModelDeployment.Group, ModelDeployment.Version, _namespace.Name, ModelDeployment.Plural);

    private Task WriteTableAsync(long version, params (string Revision, int Weight)[] targets) =>
        _server.World.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
            new JsonObject
            {
                ["routing"] = new JsonObject
                {
                    ["version"] = version,
                    ["targets"] =
                        new JsonArray([.. targets.Select(t => new JsonObject { ["revision"] = t.Revision, ["weight"] = t.Weight })]),
                },
            }.StatusPatch(),
            ModelDeployment.Group, ModelDeployment.Version, _namespace.Name, ModelDeployment.Plural, "digits");

    private async Task CreatePodAsync(TestPod pod, bool ready = true, string component = Labels.InferenceComponent)
    {
        await _server.World.CoreV1.CreateNamespacedPodAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta
                {
                    Name = pod.Name,
                    Labels = new Dictionary<string, string>
                    {
                        [Labels.ManagedBy] = Labels.Operator,
                        [Labels.Component] = component,
                        [Labels.Model] = "digits",
                        [Labels.Revision] = pod.Revision,
                        ["pod-template-hash"] = "5d8f",
                    },
                    OwnerReferences =
                    [
                        new V1OwnerReference
                        {
                            ApiVersion = "apps/v1",
                            Kind = "ReplicaSet",
                            Name = "model-router-5d8f",
                            Uid = $"{Guid.NewGuid()}",
                            Controller = true,
                        },
                    ],
                },
                Spec = new V1PodSpec
                {
                    NodeName = "nowhere",
                    Containers =
                    [
                        new V1Container
                        {
                            Name = "runtime",
                            Image = "runtime",
                            Ports = [new V1ContainerPort { Name = "http", ContainerPort = int.Parse(pod.Address.Split(':')[1]) }],
                        },
                    ],
                },
            },
            _namespace.Name);
        await SetReadyAsync(pod, ready);
    }

    private Task SetReadyAsync(TestPod pod, bool ready) => _server.World.CoreV1.PatchNamespacedPodStatusAsync(
        new JsonObject
        {
            ["phase"] = "Running",
            ["podIP"] = "127.0.0.1",
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready ? "True" : "False" }),
        }.StatusPatch(),
        pod.Name, _namespace.Name);
}
