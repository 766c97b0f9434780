using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>The typed objects against a real API server: the official client reads what ours writes, and ours what it writes.</summary>
[TestFixture]
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(120_000)]
public sealed class ApiServerEntityTests
{
    private static readonly DateTimeOffset Moment = new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)).AddTicks(1_234_567);

    // The server keeps microseconds.
    private static readonly DateTime Kept = Moment.AddTicks(-7).UtcDateTime;

    private TestNamespace _namespace = null!;
    private KubernetesClient _client = null!;
    private IKubernetes _world = null!;

    [SetUp]
    public async Task SetUp()
    {
        var server = await SharedApiServer.GetAsync();
        (_client, _world) = (server.Client, server.World);
        _namespace = await server.CreateNamespaceAsync();
    }

    [TearDown]
    public async Task TearDown() => await _namespace.DisposeAsync();

    [Test]
    public async Task A_lease_keeps_its_times_to_the_microsecond(CancellationToken cancellationToken)
    {
        await CreateAsync(Resources.Leases, new Lease
        {
            Spec = { HolderIdentity = "me", LeaseDurationSeconds = 15, AcquireTime = Moment, RenewTime = Moment, LeaseTransitions = 3 },
        }, cancellationToken);

        var spec = (await _world.CoordinationV1.ReadNamespacedLeaseAsync("a", _namespace.Name, cancellationToken: cancellationToken)).Spec;
        var read = await _client.GetAsync(Resources.Leases, _namespace.Name, "a", cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((spec.AcquireTime, spec.RenewTime), Is.EqualTo(((DateTime?)Kept, (DateTime?)Kept)));
            Assert.That((spec.HolderIdentity, spec.LeaseDurationSeconds, spec.LeaseTransitions), Is.EqualTo(("me", 15, 3)));
            Assert.That(read!.Spec.RenewTime, Is.EqualTo(Moment.AddTicks(-7)));
        }
    }

    [Test]
    public async Task An_event_is_read_in_both_representations(CancellationToken cancellationToken)
    {
        await CreateAsync(Resources.Events, new Event
        {
            EventTime = Moment,
            ReportingController = "modeloperator.io/tests",
            ReportingInstance = "tests-0",
            Action = "Promote",
            Reason = "Promoted",
            Type = "Normal",
            Note = "It is as good.",
            Regarding = new ObjectReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "a", Namespace = _namespace.Name, Uid = "u" },
            Series = new EventSeries { Count = 4, LastObservedTime = Moment },
        }, cancellationToken);

        var newer = await _world.EventsV1.ReadNamespacedEventAsync("a", _namespace.Name, cancellationToken: cancellationToken);
        var core = await _world.CoreV1.ReadNamespacedEventAsync("a", _namespace.Name, cancellationToken: cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (newer.Reason, newer.Action, newer.Type, newer.Note),
                Is.EqualTo(("Promoted", "Promote", "Normal", "It is as good.")));
            Assert.That((newer.Series.Count, newer.Series.LastObservedTime), Is.EqualTo((4, Kept)));
            Assert.That(
                (core.Message, core.InvolvedObject.Name, core.ReportingComponent),
                Is.EqualTo(("It is as good.", "a", "modeloperator.io/tests")));
            Assert.That(core.EventTime, Is.EqualTo(Kept));
        }
    }

    [Test]
    public async Task A_secret_keeps_its_bytes(CancellationToken cancellationToken)
    {
        byte[] bytes = [0, 255, 10];
        await CreateAsync(
            Resources.Secrets,
            new Secret { Type = "Opaque", Data = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["k"] = bytes } },
            cancellationToken);

        var written = await _world.CoreV1.ReadNamespacedSecretAsync("a", _namespace.Name, cancellationToken: cancellationToken);
        var read = await _client.GetAsync(Resources.Secrets, _namespace.Name, "a", cancellationToken);

        Assert.That(written.Data["k"], Is.EqualTo(bytes));
        Assert.That(read!.Data!["k"], Is.EqualTo(bytes));
    }

    [Test]
    public async Task A_pod_tells_how_its_containers_are(CancellationToken cancellationToken)
    {
        await _world.CoreV1.CreateNamespacedPodAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta { Name = "a" },
                Spec = new V1PodSpec
                {
                    Containers =
                    [
                        new V1Container { Name = "c", Image = "i", Ports = [new V1ContainerPort { Name = "http", ContainerPort = 8080 }] },
                    ],
                },
            },
            _namespace.Name, cancellationToken: cancellationToken);
        await _world.CoreV1.PatchNamespacedPodStatusAsync(
            JsonNode.Parse("""
                {"phase":"Running","podIP":"10.0.0.9","podIPs":[{"ip":"10.0.0.9"}],
                 "conditions":[{"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":"2031-01-01T00:00:00Z"}],
                 "initContainerStatuses":[{"name":"fetch","ready":true,"restartCount":1,"image":"i","imageID":"x",
                   "state":{"terminated":{"exitCode":1,"reason":"Error","message":"{}","startedAt":null,
                     "finishedAt":"2031-01-01T00:00:00Z"}}}],
                 "containerStatuses":[{"name":"c","ready":false,"restartCount":0,"image":"i","imageID":"",
                   "state":{"waiting":{"reason":"ImagePullBackOff"}}}]}
                """).StatusPatch(),
            "a", _namespace.Name, cancellationToken: cancellationToken);

        var read = (await _client.GetAsync(Resources.Pods, _namespace.Name, "a", cancellationToken))!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.IsReady(), Is.True);
            Assert.That(read.Spec.Containers![0].Ports![0].Number, Is.EqualTo(8080));
            Assert.That(read.Status!.InitContainerStatuses![0].State!.Terminated!.ExitCode, Is.EqualTo(1));
            Assert.That(
                read.Status.InitContainerStatuses[0].State!.Terminated!.FinishedAt,
                Is.EqualTo(new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero)));
            Assert.That(read.Status.ContainerStatuses![0].State!.Waiting!.Reason, Is.EqualTo("ImagePullBackOff"));
        }
    }

    [Test]
    public async Task A_job_tells_how_it_ended(CancellationToken cancellationToken)
    {
        await _world.BatchV1.CreateNamespacedJobAsync(
            new V1Job
            {
                Metadata = new V1ObjectMeta { Name = "a" },
                Spec = new V1JobSpec
                {
                    ActiveDeadlineSeconds = 60,
                    Parallelism = 1,
                    Template = new V1PodTemplateSpec
                    {
                        Spec = new V1PodSpec { RestartPolicy = "Never", Containers = [new V1Container { Name = "c", Image = "i" }] },
                    },
                },
            },
            _namespace.Name, cancellationToken: cancellationToken);
        await _world.BatchV1.PatchNamespacedJobStatusAsync(
            JsonNode.Parse("""
                {"startTime":"2031-01-01T00:00:00Z","conditions":[{"type":"FailureTarget","status":"True","reason":"BackoffLimitExceeded"},
                 {"type":"Failed","status":"True","reason":"BackoffLimitExceeded","lastTransitionTime":"2031-01-01T00:00:05Z"}]}
                """).StatusPatch(),
            "a", _namespace.Name, cancellationToken: cancellationToken);

        var read = (await _client.GetAsync(Resources.Jobs, _namespace.Name, "a", cancellationToken))!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((read.Spec.ActiveDeadlineSeconds, read.Spec.Parallelism), Is.EqualTo((60L, 1)));
            Assert.That((read.IsComplete, read.Failure?.Reason), Is.EqualTo((false, "BackoffLimitExceeded")));
        }
    }

    [Test]
    public async Task A_webhook_configuration_read_and_written_back_loses_nothing(CancellationToken cancellationToken)
    {
        var name = $"tests.{_namespace.Name}";
        var authority = Encoding.ASCII.GetBytes(TestCertificates.Authority("webhook").ExportCertificatePem());
        await _world.AdmissionregistrationV1.CreateValidatingWebhookConfigurationAsync(
            KubernetesJson.Deserialize<V1ValidatingWebhookConfiguration>($$$"""
                {"metadata":{"name":"{{{name}}}"},"webhooks":[{"name":"a.tests.dev","sideEffects":"None",
                  "admissionReviewVersions":["v1"],"timeoutSeconds":7,"failurePolicy":"Ignore",
                  "clientConfig":{"service":{"name":"s","namespace":"n","path":"/validate","port":9443}},
                  "rules":[{"apiGroups":["tests.dev"],"apiVersions":["v1"],"operations":["CREATE"],"resources":["things"]}]}]}
                """),
            cancellationToken: cancellationToken);
        try
        {
            var read = await _client.GetAsync(Resources.ValidatingWebhookConfigurations, null, name, cancellationToken);
            read!.Webhooks![0].ClientConfig.CaBundle = authority;
            await _client.UpdateAsync(Resources.ValidatingWebhookConfigurations, read, cancellationToken);

            var webhook = (await _world.AdmissionregistrationV1.ReadValidatingWebhookConfigurationAsync(
                name, cancellationToken: cancellationToken)).Webhooks.Single();

            using (Assert.EnterMultipleScope())
            {
                Assert.That(webhook.ClientConfig.CaBundle, Is.EqualTo(authority));
                Assert.That((webhook.TimeoutSeconds, webhook.FailurePolicy), Is.EqualTo((7, "Ignore")));
                Assert.That(webhook.ClientConfig.Service.Port, Is.EqualTo(9443));
                Assert.That(webhook.Rules.Single().Resources, Is.EqualTo(new[] { "things" }));
            }
        }
        finally
        {
            await _world.AdmissionregistrationV1.DeleteValidatingWebhookConfigurationAsync(name, cancellationToken: CancellationToken.None);
        }
    }

    private Task<T> CreateAsync<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
        where T : Entities.KubernetesObject
    {
        (entity.Metadata.Name, entity.Metadata.Namespace) = ("a", _namespace.Name);
        return _client.CreateAsync(type, entity, cancellationToken);
    }
}
