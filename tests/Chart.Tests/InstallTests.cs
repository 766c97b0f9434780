using k8s;
using ModelOperator.Testing;

namespace ModelOperator.Chart.Tests;

[Category("ApiServer")]
public sealed class InstallTests
{
    private ApiServerFixture _server = null!;
    private Kubectl _kubectl = null!;
    private string _version = "";

    [OneTimeSetUp]
    public async Task Start_an_api_server()
    {
        _server = await SharedApiServer.GetAsync();
        _kubectl = new Kubectl(_server.Kubeconfig);
        _version = $"{await _server.VersionAsync()}";
    }

    [OneTimeTearDown]
    public static Task Stop_it() => SharedApiServer.StopAsync();

    private static IEnumerable<string[]> Variants()
    {
        yield return [];
        yield return ["--set", "replicas=2", "--set", "podDisruptionBudget.enabled=true", "--set", "networkPolicy.enabled=true"];
        yield return [
            "--set",
            "crds.enabled=false",
            "--set",
            "webhook.failurePolicy=Fail",
            "--set",
            "priorityClassName=system-cluster-critical",
        ];
        yield return ["--values", Path.Combine(Repository.Root, "tests", "Chart.Tests", "every-value.yaml")];
    }

    [TestCaseSource(nameof(Variants))]
    public async Task The_api_server_accepts_every_object(string[] options)
    {
        await using var @namespace = await _server.CreateNamespaceAsync();
        var manifests = await Chart.RenderAsync(["--no-namespace", "--namespace", @namespace.Name, "--kube-version", _version, .. options]);

        var result = await _kubectl.TryAsync(manifests, "apply", "--dry-run=server", "--filename", "-");

        Assert.That(result.Succeeded, Is.True, result.Errors);
        Assert.That(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(Chart.Objects(manifests).Count));
    }

    [Test]
    public async Task The_operator_has_the_rights_it_needs_and_routers_theirs()
    {
        await using var @namespace = await _server.CreateNamespaceAsync();
        var manifests = await Chart.RenderAsync("--no-namespace", "--namespace", @namespace.Name, "--kube-version", _version);
        try
        {
            await _kubectl.RunAsync(manifests, "apply", "--filename", "-");
            var account = $"system:serviceaccount:{@namespace.Name}:model-operator";

            using (Assert.EnterMultipleScope())
            {
                Assert.That(await MayAsync(account, "patch", "modeldeployments.modeloperator.io/status", "default"), Is.True);
                Assert.That(await MayAsync(account, "create", "deployments.apps", "default"), Is.True);
                Assert.That(await MayAsync(account, "create", "controllerrevisions.apps", "default"), Is.True);
                Assert.That(await MayAsync(account, "list", "controllerrevisions.apps", "default"), Is.False);
                Assert.That(await MayAsync(account, "watch", "jobs.batch", "default"), Is.True);
                Assert.That(await MayAsync(account, "create", "jobs.batch", "default"), Is.True);
                Assert.That(await MayAsync(account, "get", "secrets/any", "default"), Is.True);
                Assert.That(await MayAsync(account, "list", "secrets", "default"), Is.False);
                Assert.That(
                    await MayAsync(account, "patch", "modeldeployments.modeloperator.io", "default"), Is.True, "it takes orders off");
                Assert.That(await MayAsync(account, "update", "modeldeployments.modeloperator.io", "default"), Is.False);
                Assert.That(await MayAsync(account, "update", "leases.coordination.k8s.io/model-operator", @namespace.Name), Is.True);
                Assert.That(await MayAsync(account, "update", "leases.coordination.k8s.io/other", @namespace.Name), Is.False);
                Assert.That(await MayAsync(account, "patch", "networkpolicies.networking.k8s.io", "default"), Is.True);
                Assert.That(await MayAsync(account, "create", "subjectaccessreviews.authorization.k8s.io", "default"), Is.True);
                Assert.That(await MayAsync(account, "create", "pods", "default"), Is.False);
                Assert.That(await MayAsync(account, "patch", "secrets/model-router-keys", "default"), Is.True);
                Assert.That(await MayAsync(account, "patch", "secrets/other", "default"), Is.False);
                Assert.That(await MayAsync(account, "patch", "configmaps/model-digests", "default"), Is.True);
                Assert.That(await MayAsync(account, "patch", "configmaps/other", "default"), Is.False);
                Assert.That(await MayAsync(account, "delete", "pods", "default"), Is.True);
            }

            // Giving routers their role takes the right to bind it, and to bind no other.
            Assert.That((await BindAsync(account, "model-router", @namespace.Name)).Succeeded, Is.True);
            Assert.That((await BindAsync(account, "cluster-admin", @namespace.Name)).Errors, Does.Contain("orbidden"));
            var router = $"system:serviceaccount:{@namespace.Name}:model-router";
            Assert.That(await MayAsync(router, "watch", "modeldeployments.modeloperator.io", @namespace.Name), Is.True);
            Assert.That(await MayAsync(router, "watch", "pods", "default"), Is.False);

            // Whose a token is, routers may ask once the operator has named them.
            Assert.That(await MayAsync(router, "create", "tokenreviews.authentication.k8s.io", @namespace.Name), Is.False);
            await _kubectl.RunAsync(
                "", "patch", "clusterrolebinding", "model-router-reviews", "--type=merge", "--as", account, "--patch",
                $$"""{"subjects":[{"kind":"ServiceAccount","name":"model-router","namespace":"{{@namespace.Name}}"}]}""");
            Assert.That(await MayAsync(router, "create", "tokenreviews.authentication.k8s.io", @namespace.Name), Is.True);
            Assert.That(await MayAsync(router, "create", "subjectaccessreviews.authorization.k8s.io", @namespace.Name), Is.True);
        }
        finally
        {
            await _kubectl.RunAsync(manifests, "delete", "--ignore-not-found", "--wait=false", "--filename", "-");
        }
    }

    [Test]
    public async Task Applying_the_manifests_again_keeps_the_certificate_authority_the_operator_wrote()
    {
        await using var @namespace = await _server.CreateNamespaceAsync();
        var manifests = await Chart.RenderAsync(
            "--no-namespace", "--namespace", @namespace.Name, "--kube-version", _version, "--set", "crds.enabled=false");
        try
        {
            await _kubectl.RunAsync(manifests, "apply", "--filename", "-");
            await _kubectl.RunAsync(
                "", "patch", "validatingwebhookconfiguration", "model-operator", "--type=json", "--patch",
                $$"""[{"op":"add","path":"/webhooks/0/clientConfig/caBundle","value":"{{Convert.ToBase64String("-----BEGIN"u8)}}"}]""");

            await _kubectl.RunAsync(manifests, "apply", "--filename", "-");

            var configuration = await _server.World.AdmissionregistrationV1.ReadValidatingWebhookConfigurationAsync("model-operator");
            Assert.That(configuration.Webhooks.Single().ClientConfig.CaBundle, Is.EqualTo("-----BEGIN"u8.ToArray()));
        }
        finally
        {
            await _kubectl.RunAsync(manifests, "delete", "--ignore-not-found", "--wait=false", "--filename", "-");
        }
    }

    private async Task<bool> MayAsync(string account, string verb, string resource, string @namespace)
    {
        var (subresource, name) = resource.EndsWith("/status", StringComparison.Ordinal) ? ("status", "") : ("", "/");
        var target = name.Length == 0 ? resource[..^"/status".Length] : resource;
        string[] options = subresource.Length == 0 ? [] : ["--subresource", subresource];
        var answer = await _kubectl.TryAsync("", ["auth", "can-i", verb, target, .. options, "--as", account, "--namespace", @namespace]);
        return answer.Output.Trim() == "yes";
    }

    private Task<KubectlResult> BindAsync(string account, string role, string @namespace) => _kubectl.TryAsync(
        $$"""
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: {{role}}}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{role}}}
        subjects: [{kind: ServiceAccount, name: model-router, namespace: {{@namespace}}}]
        """,
        "create", "--as", account, "--namespace", @namespace, "--filename", "-");
}
