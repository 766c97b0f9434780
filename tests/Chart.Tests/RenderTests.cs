using System.Text.Json.Nodes;

namespace ModelOperator.Chart.Tests;

[Parallelizable(ParallelScope.Children)]
public class RenderTests
{
    [Test]
    public async Task By_default_everything_the_operator_needs_is_there_in_the_order_it_is_needed()
    {
        var objects = await Chart.ObjectsAsync();

        // Helm and the Go program agree on the order of kinds, not on that within a kind.
        Assert.That(objects.Select(found => (string)found["kind"]!), Is.EqualTo(new[]
        {
            "Namespace", "NetworkPolicy", "ServiceAccount", "CustomResourceDefinition", "ClusterRole", "ClusterRole",
            "ClusterRole", "ClusterRole", "ClusterRole",
            "ClusterRoleBinding", "ClusterRoleBinding", "Role", "RoleBinding", "Service", "Deployment", "MutatingWebhookConfiguration",
            "ValidatingWebhookConfiguration",
        }));
    }

    [TestCase("1.20", false)]
    [TestCase("1.24", false)]
    [TestCase("1.25", true)]
    [TestCase("1.36", true)]
    public async Task The_crd_has_rules_where_the_server_knows_them(string version, bool rules)
    {
        var rendered = await Chart.RenderAsync("--kube-version", version);

        Assert.That(rendered.Contains("x-kubernetes-validations:\n", StringComparison.Ordinal), Is.EqualTo(rules));
        JsonNode definition = Chart.Objects(rendered).Single("CustomResourceDefinition", "modeldeployments.modeloperator.io");
        Assert.That((string)definition["metadata"]!["annotations"]!["helm.sh/resource-policy"]!, Is.EqualTo("keep"));
    }

    [Test]
    public async Task The_crd_can_be_left_out()
    {
        Assert.That((await Chart.ObjectsAsync("--set", "crds.enabled=false")).Has("CustomResourceDefinition"), Is.False);
    }

    [Test]
    public async Task The_pod_meets_the_restricted_pod_security_standard()
    {
        var pod = Pod(await Chart.ObjectsAsync());
        var container = pod["containers"]![0]!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((bool)pod["securityContext"]!["runAsNonRoot"]!, Is.True);
            Assert.That((string)pod["securityContext"]!["seccompProfile"]!["type"]!, Is.EqualTo("RuntimeDefault"));
            Assert.That((bool)container["securityContext"]!["allowPrivilegeEscalation"]!, Is.False);
            Assert.That((bool)container["securityContext"]!["readOnlyRootFilesystem"]!, Is.True);
            Assert.That((string)container["securityContext"]!["capabilities"]!["drop"]![0]!, Is.EqualTo("ALL"));
        }
    }

    [Test]
    public async Task Images_have_the_registry_and_the_version_of_the_chart_unless_told_otherwise()
    {
        var version = Chart.Objects(await File.ReadAllTextAsync(Path.Combine(Chart.Folder, "Chart.yaml"))).Single()["appVersion"]!;

        var standard = Images(await Chart.ObjectsAsync());
        var other = Images(await Chart.ObjectsAsync(
            "--set", "images.registry=registry.example/team", "--set", "images.tag=dev", "--set",
            $"images.runtime.digest=sha256:{new string('a', 64)}"));

        Assert.That(
            standard, Is.EqualTo(new[]
            {
                $"localhost/model-operator:{version}",
                $"localhost/model-router:{version}",
                $"localhost/inference-runtime:{version}",
            }));
        Assert.That(other, Is.EqualTo(new[]
        {
            "registry.example/team/model-operator:dev", "registry.example/team/model-router:dev",
            $"registry.example/team/inference-runtime@sha256:{new string('a', 64)}",
        }));
    }

    [Test]
    public async Task The_chart_has_the_version_of_the_programs()
    {
        var chart = Chart.Objects(await File.ReadAllTextAsync(Path.Combine(Chart.Folder, "Chart.yaml"))).Single();
        var props = await File.ReadAllTextAsync(Path.Combine(Testing.Repository.Root, "Directory.Build.props"));

        Assert.That(props, Does.Contain($"<Version>{chart["version"]}</Version>").And.Contain($"<Version>{chart["appVersion"]}</Version>"));
    }

    [Test]
    public async Task With_one_namespace_to_watch_the_operator_has_rights_in_no_other()
    {
        var objects = await Chart.ObjectsAsync("--set", "watchNamespace=team-a");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (string)objects.Single(found => IsNamed(found, "Role", "model-operator"))["metadata"]!["namespace"]!,
                Is.EqualTo("team-a"));
            Assert.That(
                Resources(objects.Single("ClusterRole", "model-operator")),
                Is.EqualTo(new[]
                {
                    "customresourcedefinitions",
                    "mutatingwebhookconfigurations",
                    "validatingwebhookconfigurations",
                    "subjectaccessreviews",
                    "clusterrolebindings",
                    "clusterroles",
                }));
            Assert.That(Environment(objects)["WATCH_NAMESPACE"], Is.EqualTo("team-a"));
            Assert.That(Environment(await Chart.ObjectsAsync()), Does.Not.ContainKey("WATCH_NAMESPACE"));
        }
    }

    [Test]
    public async Task The_operator_may_read_secrets_only_one_by_one_write_only_its_own_and_bind_only_the_roles_of_routers()
    {
        var rules = (await Chart.ObjectsAsync()).Single("ClusterRole", "model-operator")["rules"]!.AsArray();

        Assert.That(
            Rules("secrets"),
            Is.EquivalentTo(new[] { "get of all", "create of all", "delete,get,patch of model-router-keys" }));
        Assert.That(Rules("clusterroles"), Is.EquivalentTo(new[] { "bind of model-router", "bind of model-router-reviews" }));
        Assert.That(Rules("clusterrolebindings"), Is.EqualTo(new[] { "get,patch of model-router-reviews" }));
        Assert.That(rules.SelectMany(rule => rule!["verbs"]!.AsArray()).Select(verb => (string)verb!), Has.None.EqualTo("*"));

        IEnumerable<string> Rules(string resource) => rules
            .Where(rule => rule!["resources"]!.AsArray().Any(name => (string)name! == resource))
            .Select(rule => $"{Words(rule!["verbs"]!)} of {(rule["resourceNames"] is { } names ? Words(names) : "all")}");

        static string Words(JsonNode list) => string.Join(',', list.AsArray().Select(word => (string)word!));
    }

    [TestCase("1.20", "policy/v1beta1")]
    [TestCase("1.30", "policy/v1")]
    public async Task A_disruption_budget_speaks_the_version_the_server_has(string version, string apiVersion)
    {
        var objects = await Chart.ObjectsAsync("--kube-version", version, "--set", "podDisruptionBudget.enabled=true");

        Assert.That((string)objects.Single("PodDisruptionBudget", "model-operator")["apiVersion"]!, Is.EqualTo(apiVersion));
    }

    [Test]
    public async Task The_webhook_is_open_to_the_API_server_and_metrics_to_what_collects_them()
    {
        const string prometheus = """[{"namespaceSelector":{},"podSelector":{"matchLabels":{"app.kubernetes.io/name":"prometheus"}}}]""";
        var objects = await Chart.ObjectsAsync();
        var ingress = objects.Single("NetworkPolicy", "model-operator")["spec"]!["ingress"]!.AsArray();

        Assert.That(ingress.Select(rule => ((string)rule!["ports"]![0]!["port"]!, rule["from"]?.ToJsonString())), Is.EqualTo(new[]
        {
            ("webhook", (string?)null), ("http", prometheus),
        }));
        Assert.That(Environment(objects)["NETWORK_POLICIES"], Is.EqualTo(prometheus));
        var off = await Chart.ObjectsAsync("--set", "networkPolicy.enabled=false");
        Assert.That((off.Has("NetworkPolicy"), Environment(off)["NETWORK_POLICIES"]), Is.EqualTo((false, "none")));
    }

    [TestCase("ClusterRole", "model-router")]
    [TestCase("ClusterRole", "model-router-reviews")]
    [TestCase("ClusterRoleBinding", "model-router-reviews")]
    public async Task What_routers_may_do_outlives_the_chart_as_ModelDeployments_do(string kind, string name) => Assert.That(
        (string)(await Chart.ObjectsAsync()).Single(kind, name)["metadata"]!["annotations"]!["helm.sh/resource-policy"]!,
        Is.EqualTo("keep"));

    [Test]
    public async Task A_service_monitor_selects_the_service_and_its_port()
    {
        var objects = await Chart.ObjectsAsync("--set", "serviceMonitor.enabled=true", "--set", "serviceMonitor.labels.team=a");
        var monitor = objects.Single("ServiceMonitor", "model-operator");
        var service = objects.Single("Service", "model-operator");

        using (Assert.EnterMultipleScope())
        {
            foreach (var (key, value) in monitor["spec"]!["selector"]!["matchLabels"]!.AsObject())
            {
                Assert.That((string)service["metadata"]!["labels"]![key]!, Is.EqualTo((string)value!));
            }

            var ports = service["spec"]!["ports"]!.AsArray().Select(port => (string)port!["name"]!);
            Assert.That(ports, Does.Contain((string)monitor["spec"]!["endpoints"]![0]!["port"]!));
            Assert.That((string)monitor["metadata"]!["labels"]!["team"]!, Is.EqualTo("a"));
        }
    }

    [TestCase("foo=1", "foo")]
    [TestCase("images.operator.tag=1", "tag")]
    [TestCase("replicas=many", "many")]
    [TestCase("replicas=-1", "-1")]
    [TestCase("webhook.failurePolicy=Never", "Never")]
    [TestCase("images.pullPolicy=Sometimes", "Sometimes")]
    [TestCase("images.router.digest=sha256:12", "sha256:12")]
    [TestCase("watchNamespace=A_B", "A_B")]
    [TestCase("serviceMonitor.interval=often", "often")]
    [TestCase("podTemplates.allowedFields={hostNetwork}", "hostNetwork")]
    [TestCase("webhook.timeoutSeconds=2", "2")]
    public async Task A_value_the_chart_does_not_know_or_take_is_refused(string set, string named)
    {
        var (succeeded, output, errors) = await Chart.TryRenderAsync("--set", set);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(succeeded, Is.False);
            Assert.That(errors, Does.Contain(named).Or.Contain(set.Split('=')[0].Split('.')[^1]));
            Assert.That(output, Is.Empty, "half of the manifests would be applied");
        }
    }

    [Test]
    public async Task The_notes_say_what_to_do_next()
    {
        var notes = await Chart.RenderAsync("--notes", "--set", "crds.enabled=false");

        Assert.That(notes, Does.Contain("rollout status deployment/model-operator").And.Contain("crds.enabled is false"));
    }

    private static bool IsNamed(JsonNode found, string kind, string name) =>
        (string)found["kind"]! == kind && (string)found["metadata"]!["name"]! == name;

    private static JsonNode Pod(IReadOnlyList<JsonNode> objects) =>
        objects.Single("Deployment", "model-operator")["spec"]!["template"]!["spec"]!;

    private static Dictionary<string, string> Environment(IReadOnlyList<JsonNode> objects) =>
        Pod(objects)["containers"]![0]!["env"]!.AsArray()
            .Where(variable => variable!["value"] is not null)
            .ToDictionary(variable => (string)variable!["name"]!, variable => variable!["value"]!.ToString(), StringComparer.Ordinal);

    private static IEnumerable<string> Images(IReadOnlyList<JsonNode> objects) =>
        [(string)Pod(objects)["containers"]![0]!["image"]!, Environment(objects)["ROUTER_IMAGE"], Environment(objects)["RUNTIME_IMAGE"]];

    private static IEnumerable<string> Resources(JsonNode role) =>
        role["rules"]!.AsArray().SelectMany(rule => rule!["resources"]!.AsArray()).Select(resource => (string)resource!);
}
