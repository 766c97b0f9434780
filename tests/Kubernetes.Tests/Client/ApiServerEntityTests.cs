using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>The typed objects against a real API server: what is written is what is read.</summary>
[TestFixture]
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(120_000)]
public sealed class ApiServerEntityTests
{
    private static readonly DateTimeOffset Moment = new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)).AddTicks(1_234_567);

    private TestNamespace _namespace = null!;
    private KubernetesClient _client = null!;

    [SetUp]
    public async Task SetUp()
    {
        var server = await SharedApiServer.GetAsync();
        _client = server.Client;
        _namespace = await server.CreateNamespaceAsync();
    }

    [TearDown]
    public async Task TearDown() => await _namespace.DisposeAsync();

    [Test]
    public async Task A_lease_keeps_its_times_to_the_microsecond(CancellationToken cancellationToken)
    {
        var read = await Create(Resources.Leases, new Lease
        {
            Spec = { HolderIdentity = "me", LeaseDurationSeconds = 15, AcquireTime = Moment, RenewTime = Moment, LeaseTransitions = 3 },
        }, cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Spec.RenewTime, Is.EqualTo(Moment.AddTicks(-7)));
            Assert.That(read.Spec.HolderIdentity, Is.EqualTo("me"));
            Assert.That(read.Spec.LeaseTransitions, Is.EqualTo(3));
        }
    }

    [Test]
    public async Task An_event_is_read_in_both_representations(CancellationToken cancellationToken)
    {
        var written = await Create(Resources.Events, new Event
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
        var core = await _client.GetAsync(Resources.CoreEvents, _namespace.Name, written.Metadata.Name, cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(written.Series!.LastObservedTime, Is.EqualTo(Moment.AddTicks(-7)));
            Assert.That(core!.Message, Is.EqualTo("It is as good."));
            Assert.That(core.InvolvedObject!.Name, Is.EqualTo("a"));
            Assert.That(core.EventTime, Is.EqualTo(Moment.AddTicks(-7)));
        }
    }

    [Test]
    public async Task A_core_event_keeps_its_counts_and_seconds(CancellationToken cancellationToken)
    {
        var read = await Create(Resources.CoreEvents, new CoreEvent
        {
            FirstTimestamp = Moment,
            LastTimestamp = Moment,
            Count = 2,
            Reason = "Because",
            Message = "So.",
            Type = "Warning",
            Source = new EventSource { Component = "tests" },
            InvolvedObject = new ObjectReference { Kind = "ConfigMap", Name = "a", Namespace = _namespace.Name },
        }, cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Count, Is.EqualTo(2));
            Assert.That(read.LastTimestamp, Is.EqualTo(Moment.AddTicks(-1_234_567)));
        }
    }

    [Test]
    public async Task A_secret_keeps_its_bytes(CancellationToken cancellationToken)
    {
        var read = await Create(Resources.Secrets, new Secret
        {
            Type = "Opaque",
            Data = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["k"] = [0, 255, 10] },
        }, cancellationToken);

        Assert.That(read.Data!["k"], Is.EqualTo(new byte[] { 0, 255, 10 }));
    }

    [Test]
    public async Task A_service_keeps_ports_by_name_and_by_number(CancellationToken cancellationToken)
    {
        var read = await Create(Resources.Services, new Service
        {
            Spec =
            {
                Selector = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "b" },
                Ports =
                [
                    new ServicePort { Name = "http", Port = 80, TargetPort = new IntOrString("http") },
                    new ServicePort { Name = "other", Port = 81, TargetPort = new IntOrString(8081) },
                ],
            },
        }, cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Spec.Ports![0].TargetPort, Is.EqualTo(new IntOrString("http")));
            Assert.That(read.Spec.Ports[1].TargetPort, Is.EqualTo(new IntOrString(8081)));
            Assert.That(read.Spec.ClusterIP, Is.Not.Empty);
        }
    }

    [Test]
    public async Task A_pod_tells_how_its_containers_are(CancellationToken cancellationToken)
    {
        await Create(Resources.Pods, new Pod
        {
            Spec = { Containers = [new Container { Name = "c", Image = "i", Ports = [new ContainerPort { Name = "http", Number = 8080 }] }] },
        }, cancellationToken);
        var read = await _client.MergePatchAsync(
            Resources.Pods, _namespace.Name, "a",
            new JsonObject
            {
                ["status"] = JsonNode.Parse("""
                    {"phase":"Running","podIP":"10.0.0.9","podIPs":[{"ip":"10.0.0.9"}],
                     "conditions":[{"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":"2031-01-01T00:00:00Z"}],
                     "initContainerStatuses":[{"name":"fetch","ready":true,"restartCount":1,"image":"i","imageID":"x",
                       "state":{"terminated":{"exitCode":1,"reason":"Error","message":"{}","startedAt":null,"finishedAt":"2031-01-01T00:00:00Z"}}}],
                     "containerStatuses":[{"name":"c","ready":false,"restartCount":0,"image":"i","imageID":"","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}
                    """),
            },
            cancellationToken,
            "status");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.IsReady(), Is.True);
            Assert.That(read.Spec.Containers![0].Ports![0].Number, Is.EqualTo(8080));
            Assert.That(read.Status!.InitContainerStatuses![0].State!.Terminated!.ExitCode, Is.EqualTo(1));
            Assert.That(read.Status.ContainerStatuses![0].State!.Waiting!.Reason, Is.EqualTo("ImagePullBackOff"));
        }
    }

    [Test]
    public async Task Accounts_and_role_bindings_are_written(CancellationToken cancellationToken)
    {
        var account = await Create(Resources.ServiceAccounts, new ServiceAccount { AutomountServiceAccountToken = false }, cancellationToken);
        var binding = await Create(Resources.RoleBindings, new RoleBinding
        {
            RoleRef = new RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "view" },
            Subjects = [new RbacSubject { Kind = "ServiceAccount", Name = "a", Namespace = _namespace.Name }],
        }, cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(account.AutomountServiceAccountToken, Is.False);
            Assert.That(binding.Subjects!.Single().Name, Is.EqualTo("a"));
        }
    }

    [Test]
    public async Task A_webhook_configuration_read_and_written_back_loses_nothing(CancellationToken cancellationToken)
    {
        var name = $"tests.{_namespace.Name}";
        var intent = JsonNode.Parse($$$"""
            {"metadata":{"name":"{{{name}}}"},"webhooks":[{"name":"a.tests.dev","sideEffects":"None","admissionReviewVersions":["v1"],"timeoutSeconds":7,
              "failurePolicy":"Ignore","clientConfig":{"service":{"name":"s","namespace":"n","path":"/validate","port":9443}},
              "rules":[{"apiGroups":["tests.dev"],"apiVersions":["v1"],"operations":["CREATE"],"resources":["things"]}]}]}
            """)!.AsObject();
        var written = await _client.ApplyAsync(Resources.ValidatingWebhookConfigurations, intent, "tests", cancellationToken);
        try
        {
            written.Webhooks![0].ClientConfig.CaBundle = System.Text.Encoding.ASCII.GetBytes(
                TestCertificates.Authority("webhook").ExportCertificatePem());
            var replaced = await _client.ReplaceAsync(Resources.ValidatingWebhookConfigurations, written, cancellationToken);

            using (Assert.EnterMultipleScope())
            {
                Assert.That(replaced.Webhooks![0].ClientConfig.CaBundle, Is.Not.Empty);
                Assert.That(replaced.Webhooks[0].Rest!["timeoutSeconds"].GetInt32(), Is.EqualTo(7));
                Assert.That(replaced.Webhooks[0].ClientConfig.Rest!["service"].GetProperty("port").GetInt32(), Is.EqualTo(9443));
            }
        }
        finally
        {
            await _client.DeleteAsync(Resources.ValidatingWebhookConfigurations, null, name, CancellationToken.None);
        }
    }

    [Test]
    public async Task A_node_tells_what_it_has_for_pods(CancellationToken cancellationToken)
    {
        var name = $"node-{_namespace.Name}";
        await _client.CreateAsync(Resources.Nodes, new Node { Metadata = { Name = name } }, cancellationToken);
        try
        {
            var node = await _client.MergePatchAsync(
                Resources.Nodes, null, name,
                new JsonObject { ["status"] = new JsonObject { ["allocatable"] = new JsonObject { ["nvidia.com/gpu"] = "2" } } },
                cancellationToken,
                "status");

            Assert.That(node.Status!.Allocatable!["nvidia.com/gpu"], Is.EqualTo("2"));
        }
        finally
        {
            await _client.DeleteAsync(Resources.Nodes, null, name, CancellationToken.None);
        }
    }

    [Test]
    public async Task A_custom_resource_definition_is_established(CancellationToken cancellationToken)
    {
        var group = $"{_namespace.Name}.tests.dev";
        var definition = new CustomResourceDefinition
        {
            Metadata = { Name = $"things.{group}" },
            Spec = JsonNode.Parse($$$$"""
                {"group":"{{{{group}}}}","scope":"Namespaced","names":{"kind":"Thing","plural":"things","singular":"thing","listKind":"ThingList"},
                 "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}
                """)!.AsObject(),
        };
        var made = await _client.CreateAsync(Resources.CustomResourceDefinitions, definition, cancellationToken);
        try
        {
            await Eventually.TrueAsync(
                async () => (await _client.GetAsync(Resources.CustomResourceDefinitions, null, made.Metadata.Name, cancellationToken))!
                    .Status?.Conditions?.Exists(c => c is { Type: "Established", Status: "True" }) == true,
                "the definition is established");
            Assert.That(made.Spec["group"]!.GetValueKind(), Is.EqualTo(JsonValueKind.String));
        }
        finally
        {
            await _client.DeleteAsync(Resources.CustomResourceDefinitions, null, made.Metadata.Name, CancellationToken.None);
        }
    }

    private async Task<T> Create<T>(ResourceType<T> type, T entity, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        entity.Metadata.Name = "a";
        entity.Metadata.Namespace = _namespace.Name;
        await _client.CreateAsync(type, entity, cancellationToken);
        return (await _client.GetAsync(type, _namespace.Name, "a", cancellationToken))!;
    }
}
