using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Client.Configuration;
using ModelOperator.Kubernetes.Client.Transport;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Client;

/// <summary>Who is believed, on both sides, by a real API server.</summary>
[TestFixture]
[Category("ApiServer")]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(120_000)]
public sealed class ApiServerAuthenticationTests
{
    private ApiServerFixture _server = null!;
    private TestNamespace _namespace = null!;

    [SetUp]
    public async Task SetUp()
    {
        _server = await SharedApiServer.GetAsync();
        _namespace = await _server.CreateNamespaceAsync();
    }

    [TearDown]
    public async Task TearDown() => await _namespace.DisposeAsync();

    [Test]
    public async Task A_pods_service_account_may_do_what_its_role_says_and_no_more(CancellationToken cancellationToken)
    {
        using var folder = await ServiceAccountFolder(cancellationToken);
        using var client = Client(InCluster(folder));

        var maps = await client.ListAsync(Resources.ConfigMaps, _namespace.Name, new ListOptions(), cancellationToken);
        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => client.ListAsync(Resources.Secrets, _namespace.Name, new ListOptions(), cancellationToken));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(maps.ResourceVersion, Is.Not.Empty);
            Assert.That(refusal!.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(refusal.Message, Does.Contain($"system:serviceaccount:{_namespace.Name}:a"));
        }
    }

    [Test]
    public async Task A_token_that_became_invalid_is_replaced_by_the_one_in_the_file_within_the_same_call(CancellationToken cancellationToken)
    {
        using var folder = await ServiceAccountFolder(cancellationToken);
        var good = await File.ReadAllTextAsync(Path.Combine(folder.Path, "token"), cancellationToken);
        folder.Write("token", "not-a-token");
        var configuration = InCluster(folder);
        await configuration.Credentials.GetAsync(cancellationToken);
        folder.Write("token", good);
        using var client = Client(configuration);

        var list = await client.ListAsync(Resources.ConfigMaps, _namespace.Name, new ListOptions(), cancellationToken);

        Assert.That(list.ResourceVersion, Is.Not.Empty);
    }

    [Test]
    public async Task A_token_nobody_knows_is_unauthorized(CancellationToken cancellationToken)
    {
        using var client = Client(_server.Configuration with { Credentials = new FixedCredentials(new Credential("nobody")) });

        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => client.ListAsync(Resources.ConfigMaps, _namespace.Name, new ListOptions(), cancellationToken));

        Assert.That(refusal!.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_server_certified_by_somebody_else_is_not_believed(CancellationToken cancellationToken)
    {
        var trust = new ServerTrust { Authorities = new FixedAuthorities(TestCertificates.Authority("somebody else").ExportCertificatePem()) };
        using var client = Client(_server.Configuration with { Trust = trust });

        await Assert.ThatAsync(
            () => client.DiscoverAsync(cancellationToken),
            Throws.InstanceOf<HttpRequestException>()
                .With.Property(nameof(HttpRequestException.HttpRequestError)).EqualTo(HttpRequestError.SecureConnectionError));
    }

    [Test]
    public async Task A_server_must_bear_the_name_it_is_called_by(CancellationToken cancellationToken)
    {
        using var right = Client(_server.Configuration with { Trust = _server.Configuration.Trust with { ServerName = "kubernetes.default.svc" } });
        using var wrong = Client(_server.Configuration with { Trust = _server.Configuration.Trust with { ServerName = "elsewhere.test" } });

        var offered = await right.DiscoverAsync(cancellationToken);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(offered.Major, Is.EqualTo(1));
            await Assert.ThatAsync(() => wrong.DiscoverAsync(cancellationToken), Throws.InstanceOf<HttpRequestException>());
        }
    }

    [Test]
    public async Task Who_skips_verification_gets_through(CancellationToken cancellationToken)
    {
        using var client = Client(_server.Configuration with { Trust = new ServerTrust { InsecureSkipVerify = true } });

        Assert.That((await client.DiscoverAsync(cancellationToken)).Major, Is.EqualTo(1));
    }

    [Test]
    public async Task New_certificates_go_over_new_connections_and_the_old_ones_finish_what_they_carry(CancellationToken cancellationToken)
    {
        var trust = new SwappedAuthorities(_server.Configuration.Trust.Authorities!);
        using var client = Client(_server.Configuration with { Trust = new ServerTrust { Authorities = trust } });
        var options = new ListOptions { ResourceVersion = "", Timeout = TimeSpan.FromMinutes(1) };
        await using var watch = client.WatchAsync(Resources.ConfigMaps, _namespace.Name, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await MakeMap("before", cancellationToken);
        await NextNamed(watch, "before");

        trust.Believed = new FixedAuthorities(TestCertificates.Authority("somebody else").ExportCertificatePem());
        await Assert.ThatAsync(
            () => client.GetAsync(Resources.ConfigMaps, _namespace.Name, "before", cancellationToken), Throws.InstanceOf<HttpRequestException>());
        await MakeMap("after", cancellationToken);

        Assert.That(await NextNamed(watch, "after"), Is.True);
    }

    private static async Task<bool> NextNamed(IAsyncEnumerator<WatchEvent<ConfigMap>> watch, string name)
    {
        while (await watch.MoveNextAsync())
        {
            if (watch.Current.Object.Metadata.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    private Task<ConfigMap> MakeMap(string name, CancellationToken cancellationToken) => _server.Client.CreateAsync(
        Resources.ConfigMaps, new ConfigMap { Metadata = { Name = name, Namespace = _namespace.Name } }, cancellationToken);

    private static KubernetesClient Client(KubernetesClientConfiguration configuration) =>
        new(configuration, TimeProvider.System, NullLogger<KubernetesClient>.Instance);

    private KubernetesClientConfiguration InCluster(TemporaryFolder folder) => InClusterConfiguration.Load(
        name => name == "KUBERNETES_SERVICE_HOST" ? _server.Configuration.Server.Host : $"{_server.Configuration.Server.Port}",
        folder.Path,
        TimeProvider.System,
        NullLogger.Instance);

    /// <summary>What the kubelet would give a pod with an account that may read config maps.</summary>
    private async Task<TemporaryFolder> ServiceAccountFolder(CancellationToken cancellationToken)
    {
        var metadata = new ObjectMeta { Name = "a", Namespace = _namespace.Name };
        await _server.Client.CreateAsync(Resources.ServiceAccounts, new ServiceAccount { Metadata = metadata }, cancellationToken);
        await Post("apis/rbac.authorization.k8s.io/v1", "roles", $$"""
            {"metadata":{"name":"a"},"rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["list"]}]}
            """, cancellationToken);
        await _server.Client.CreateAsync(Resources.RoleBindings, new RoleBinding
        {
            Metadata = metadata,
            RoleRef = new RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = "a" },
            Subjects = [new RbacSubject { Kind = "ServiceAccount", Name = "a", Namespace = _namespace.Name }],
        }, cancellationToken);
        var request = await Post("api/v1", "serviceaccounts/a/token", """{"spec":{"expirationSeconds":600}}""", cancellationToken);

        var folder = new TemporaryFolder();
        folder.Write("token", request["status"]!["token"]!.GetValue<string>());
        folder.Write("namespace", _namespace.Name);
        folder.Write("ca.crt", string.Join('\n', _server.Configuration.Trust.Authorities!.Current.Select(c => c.ExportCertificatePem())));
        return folder;
    }

    private async Task<JsonNode> Post(string version, string resource, string body, CancellationToken cancellationToken)
    {
        using var caller = new ApiCaller(_server.Configuration, TimeProvider.System, NullLogger.Instance);
        var request = new ApiRequest(HttpMethod.Post, $"{version}/namespaces/{_namespace.Name}/{resource}") { Body = Encoding.UTF8.GetBytes(body) };
        return await caller.CallAsync(
            request, async (response, token) => JsonNode.Parse(await response.Content.ReadAsStringAsync(token))!, cancellationToken);
    }

    private sealed class SwappedAuthorities(ICertificateAuthorities first) : ICertificateAuthorities
    {
        public ICertificateAuthorities Believed { get; set; } = first;

        public System.Security.Cryptography.X509Certificates.X509Certificate2Collection Current => Believed.Current;
    }
}
