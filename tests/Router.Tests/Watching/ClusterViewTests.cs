using System.Text.Json;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Protocol;
using ModelOperator.Router.Routing;
using ModelOperator.Router.Watching;

namespace ModelOperator.Router.Tests.Watching;

public sealed class ClusterViewTests
{
    [Test]
    public void A_ready_pod_gets_requests_at_its_port_named_http()
    {
        Assert.That(
            View(Pod()), Is.EqualTo(new PodState("digits-1", "uid-1", "digits", "0123456789", "10.0.0.7:9000", Ready: true, Warm: false)));
        Assert.That(View(Pod(p => p.Spec.Containers = null))!.Address, Is.EqualTo("10.0.0.7:8080"));
        Assert.That(View(Pod(p => p.Status!.PodIP = "fd00::7"))!.Address, Is.EqualTo("[fd00::7]:9000"));
    }

    [Test]
    public void A_pod_that_is_unready_or_terminating_gets_none_but_is_known()
    {
        Assert.That(View(Pod(p => p.Status!.Conditions![0].Status = "False"))!.Ready, Is.False);
        Assert.That(View(Pod(p => p.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch))!.Ready, Is.False);
    }

    [Test]
    public void A_terminating_pod_that_was_ready_may_still_answer_until_its_container_has_ended()
    {
        DateTimeOffset told = DateTimeOffset.UnixEpoch;
        Pod leaving = Pod(p =>
        {
            p.Metadata.DeletionTimestamp = told.AddSeconds(70);
            p.Metadata.DeletionGracePeriodSeconds = 70;
            p.Status!.Conditions![0].Status = "False";
            p.Status.Conditions[0].LastTransitionTime = told.AddSeconds(2);
        });

        Assert.That(View(leaving)!.Leaving, Is.True, "its probe fails as soon as it is told to end");
        leaving.Status!.Conditions![0].LastTransitionTime = told.AddSeconds(-1);
        Assert.That(View(leaving)!.Leaving, Is.False, "it failed before: its node may be lost");
        leaving.Status.Conditions[0].Status = "True";
        Assert.That(View(leaving)!.Leaving, Is.True);
        leaving.Status.ContainerStatuses = [new ContainerStatus { State = new ContainerState { Terminated = new() } }];
        Assert.That(View(leaving)!.Leaving, Is.False);
        Assert.That(View(Pod(p => p.Status!.Conditions![0].Status = "False"))!.Leaving, Is.False, "it is coming up, or broken");
    }

    [TestCase(59, false)]
    [TestCase(60, true)]
    public void A_pod_that_has_been_ready_for_a_minute_is_warm(int seconds, bool warm)
    {
        Pod pod = Pod(p => p.Status!.Conditions![0].LastTransitionTime = DateTimeOffset.UnixEpoch);

        Assert.That(ClusterView.Pod(pod, DateTimeOffset.UnixEpoch.AddSeconds(seconds))!.Warm, Is.EqualTo(warm));
        pod.Status!.Conditions![0].Status = "False";
        Assert.That(ClusterView.Pod(pod, DateTimeOffset.UnixEpoch.AddSeconds(seconds))!.Warm, Is.False, "it has not been ready at all");
    }

    [Test]
    public void A_pod_without_address_or_labels_or_that_has_ended_is_unknown()
    {
        Assert.That(View(Pod(p => p.Status!.PodIP = null)), Is.Null);
        Assert.That(View(Pod(p => p.Status = null)), Is.Null);
        Assert.That(View(Pod(p => p.Metadata.Labels = null)), Is.Null);
        Assert.That(View(Pod(p => p.Metadata.Labels!.Remove(Labels.Revision))), Is.Null);
        Assert.That(View(Pod(p => p.Status!.Phase = "Failed")), Is.Null);
    }

    [Test]
    public void A_router_that_is_ready_is_asked_at_its_port_named_admin()
    {
        Assert.That(ClusterView.Router(Router()), Is.EqualTo(new RouterPeer("digits-1", "10.0.0.7:8081")));
        Assert.That(
            ClusterView.Router(Router(p => p.Spec.Containers![0].Ports![0].Name = "admin")),
            Is.EqualTo(new RouterPeer("digits-1", "10.0.0.7:1")));
        Assert.That(ClusterView.Router(Router(p => p.Metadata.DeletionTimestamp = DateTimeOffset.UnixEpoch)), Is.Null);
        Assert.That(ClusterView.Router(Router(p => p.Status!.PodIP = null)), Is.Null);
    }

    [Test]
    public void A_pod_with_a_routers_labels_that_the_routers_Deployment_did_not_make_is_asked_nothing()
    {
        Assert.That(ClusterView.Router(Router(p => p.Metadata.OwnerReferences = null)), Is.Null);
        Assert.That(ClusterView.Router(Router(p => p.Metadata.OwnerReferences![0].Name = "shop-5d8f")), Is.Null);
    }

    private static IEnumerable<TestCaseData> Rules()
    {
        yield return new TestCaseData(null, new FeedbackRule(PredictionKind.Label, default));
        yield return new TestCaseData(new FeedbackSpec(), new FeedbackRule(PredictionKind.Label, default));
        yield return new TestCaseData(new FeedbackSpec { Kind = FeedbackKind.Explicit }, new FeedbackRule(PredictionKind.None, default));
        yield return new TestCaseData(
            new FeedbackSpec { Kind = FeedbackKind.Regression, Tolerance = new() { Absolute = "0.5" } },
            new FeedbackRule(PredictionKind.Number, new Tolerance(0.5, 0)));
        yield return new TestCaseData(
            new FeedbackSpec { Kind = FeedbackKind.Regression, Tolerance = new() { Absolute = "2", Percent = "2.5" } },
            new FeedbackRule(PredictionKind.Number, new Tolerance(2, 2.5)));
        yield return new TestCaseData(
            new FeedbackSpec { ClientIds = ClientIdPolicy.Refuse }, new FeedbackRule(PredictionKind.Label, default));
        yield return new TestCaseData(
            new FeedbackSpec { ClientIds = ClientIdPolicy.Accept },
            new FeedbackRule(PredictionKind.Label, default, TakesClientIds: true));
    }

    [TestCaseSource(nameof(Rules))]
    public void Feedback_is_judged_as_the_spec_says(FeedbackSpec? feedback, object rule) =>
        Assert.That(ClusterView.Table(Routed(new ModelDeployment { Spec = new() { Feedback = feedback } })).Feedback, Is.EqualTo(rule));

    [TestCase("""{"kind":"Ranking"}""")]
    [TestCase("""{"kind":{"ranking":{}}}""")]
    [TestCase("""{"kind":"Regression","tolerance":0.5}""")]
    [TestCase("""[]""")]
    public void Feedback_of_a_kind_that_is_not_known_is_judged_by_nothing_but_itself(string feedback) =>
        Assert.That(
            ClusterView.Table(Read("""{"metadata":{"name":"digits"},"spec":{"feedback":""" + feedback + "}}")).Feedback,
            Is.EqualTo(new FeedbackRule(PredictionKind.None, default)));

    [TestCase("{}")]
    [TestCase("""{"spec":null,"status":null}""")]
    [TestCase("""{"status":{"routing":{"version":3,"targets":null}}}""")]
    [TestCase("""{"status":{"routing":{"version":3,"targets":[{"revision":null,"weight":100},{"weight":1}]}}}""")]
    public void A_model_with_parts_missing_has_a_table_without_them(string json) =>
        Assert.That(ClusterView.Table(Read(json)).Targets, Is.Empty);

    [Test]
    public void A_table_is_that_of_the_status_and_a_model_without_one_has_version_minus_1()
    {
        var model = new ModelDeployment { Metadata = { Name = "digits" } };
        Assert.That(ClusterView.Table(Routed(model)).Version, Is.EqualTo(-1));

        model.Status = new ModelDeploymentStatus
        {
            Routing = new RoutingTable
            {
                Version = 4,
                Targets = [new() { Revision = "a", Weight = 95 }, new() { Revision = "b", Weight = 5 }],
            },
        };
        ModelTable table = ClusterView.Table(Routed(model));
        Assert.That((table.Model, table.Version), Is.EqualTo(("digits", 4)));
        Assert.That(table.MaxRequestMebibytes, Is.EqualTo(64));
        model.Spec.Runtime = new RuntimeSpec { MaxRequestMebibytes = 100 };
        Assert.That(ClusterView.Table(Routed(model)).MaxRequestMebibytes, Is.EqualTo(100));
        Assert.That(table.Targets, Is.EqualTo(new RevisionWeight[] { new("a", 95), new("b", 5) }));
    }

    /// <summary>As a router reads what the operator writes.</summary>
    private static RoutedModel Routed(ModelDeployment model) =>
        Read(JsonSerializer.Serialize(model, ApiJsonContext.Default.ModelDeployment));

    private static RoutedModel Read(string json) => JsonSerializer.Deserialize(json, RoutedModelJson.Default.RoutedModel)!;

    private static PodState? View(Pod pod) => ClusterView.Pod(pod, DateTimeOffset.UnixEpoch);

    private static Pod Router(Action<Pod>? change = null) => Pod(pod =>
    {
        pod.Metadata.Labels![Labels.Component] = Labels.RouterComponent;
        pod.Metadata.Labels["pod-template-hash"] = "5d8f";
        pod.Metadata.OwnerReferences =
            [new() { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "model-router-5d8f", Uid = "uid-rs", Controller = true }];
        change?.Invoke(pod);
    });

    private static Pod Pod(Action<Pod>? change = null)
    {
        var pod = new Pod
        {
            Metadata =
            {
                Name = "digits-1",
                Uid = "uid-1",
                Labels = new() { [Labels.Model] = "digits", [Labels.Revision] = "0123456789" },
            },
            Spec =
            {
                Containers =
                [
                    new() { Name = "proxy", Ports = [new() { Name = "other", Number = 1 }] },
                    new() { Name = "runtime", Ports = [new() { Name = "http", Number = 9000 }] },
                ],
            },
            Status = new() { Phase = "Running", PodIP = "10.0.0.7", Conditions = [new() { Type = "Ready", Status = "True" }] },
        };
        change?.Invoke(pod);
        return pod;
    }
}
