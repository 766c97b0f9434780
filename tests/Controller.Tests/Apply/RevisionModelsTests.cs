using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Apply;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime;
using ModelOperator.Testing;
using NSubstitute;

namespace ModelOperator.Controller.Tests.Apply;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RevisionModelsTests
{
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private static readonly string Other = "sha256:" + new string('b', 64);

    private readonly IKubernetesClient _client = Substitute.For<IKubernetesClient>();
    private readonly IEntityStore<ModelDeployment> _models = Substitute.For<IEntityStore<ModelDeployment>>();
    private readonly IEntityStore<Pod> _pods = Substitute.For<IEntityStore<Pod>>();
    private readonly IEventRecorder _events = Substitute.For<IEventRecorder>();
    private readonly ManualTimeProvider _time = new();
    private readonly RevisionModels _subject;

    public RevisionModelsTests()
    {
        _models.List("vision").Returns([Models.Digits()]);
        _client.ApplyAsync(Resources.ConfigMaps, Arg.Any<JsonObject>(), Arg.Any<string>(), Arg.Any<CancellationToken>(), Arg.Any<string?>())
            .Returns(new ConfigMap { Data = new() { ["digits.r1"] = Digest } });
        _subject = new RevisionModels(_client, _models, _pods, _events, _time);
    }

    [Test]
    public async Task Pods_to_come_are_told_the_model_of_the_revision_and_again_should_somebody_delete_it()
    {
        ModelDeployment model = Serving();

        await _subject.ApplyAsync(model, CancellationToken.None);
        await _subject.ApplyAsync(model, CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(6));
        await _subject.ApplyAsync(model, CancellationToken.None);

        await _client.Received(2).ApplyAsync(
            Resources.ConfigMaps,
            Arg.Is<JsonObject>(intent => intent["data"]!.ToJsonString(null) == $$"""{"digits.r1":"{{Digest}}"}"""),
            "model-operator/digits",
            CancellationToken.None);
    }

    [TestCase(true, 1)]
    [TestCase(false, 0)]
    public async Task A_new_model_takes_back_what_an_earlier_one_of_its_name_left(bool isThere, int applied)
    {
        _client.GetAsync(Resources.ConfigMaps, "vision", "model-digests", Arg.Any<CancellationToken>())
            .Returns(isThere ? new ConfigMap() : null);

        await _subject.ApplyAsync(Models.Digits(), CancellationToken.None);

        await _client.Received(applied).ApplyAsync(
            Resources.ConfigMaps, Arg.Is<JsonObject>(intent => intent["data"] == null), "model-operator/digits", CancellationToken.None);
    }

    [Test]
    public async Task What_deleted_models_left_is_removed()
    {
        _client.ApplyAsync(Resources.ConfigMaps, Arg.Any<JsonObject>(), Arg.Any<string>(), Arg.Any<CancellationToken>(), Arg.Any<string?>())
            .Returns(new ConfigMap { Data = new() { ["digits.r1"] = Digest, ["gone.r1"] = Digest } });

        await _subject.ApplyAsync(Serving(), CancellationToken.None);

        await _client.Received(1).MergePatchAsync(
            Resources.ConfigMaps,
            "vision",
            "model-digests",
            Arg.Is<JsonObject>(patch => patch.ToJsonString(null) == """{"data":{"gone.r1":null}}"""),
            CancellationToken.None);
    }

    [Test]
    public async Task A_pod_that_fetched_another_model_is_removed_and_an_Event_names_both_digests()
    {
        Pod right = Fetched(Digest);
        Pod wrong = Fetched(Other, pod => pod.Metadata.Name = "wrong");
        Pod untold = Fetched(Other, pod => (pod.Metadata.Name, pod.Spec.Volumes) = ("untold", []));
        Pod another = Fetched(Other, pod => pod.Metadata.Labels![Labels.Model] = "letters");
        Pod early = Pods.Inference("r1");
        _pods.List("vision").Returns([right, wrong, untold, another, early]);

        await _subject.RemoveOthersAsync(Serving(), CancellationToken.None);

        await _client.Received(1)
            .DeleteAsync(Resources.Pods, "vision", Arg.Any<string>(), Arg.Any<CancellationToken>(), Arg.Any<string?>());
        await _client.Received(1).DeleteAsync(Resources.Pods, "vision", "wrong", CancellationToken.None, wrong.Metadata.Uid);
        _events.Received(1).Record(
            Arg.Any<KubernetesObject>(),
            Reasons.DigestMismatch,
            $"pod wrong fetched {Other}, and revision r1 serves {Digest}: "
                + "the model at spec.model.uri has changed; the operator removed the pod",
            EventType.Warning,
            Arg.Any<string>());
    }

    private static ModelDeployment Serving() => Models.Digits(model => model.Status = new ModelDeploymentStatus
    {
        Revisions = [new RevisionStatus { Revision = "r1", ModelDigest = Digest }, new RevisionStatus { Revision = "r0" }],
    });

    private static Pod Fetched(string digest, Action<Pod>? change = null) => Pods.Inference("r1", pod =>
    {
        pod.Spec.Volumes = [new Volume { Name = ModelDigests.Volume }];
        pod.Status!.InitContainerStatuses = [Pods.HasFetched(digest)];
        change?.Invoke(pod);
    });
}
