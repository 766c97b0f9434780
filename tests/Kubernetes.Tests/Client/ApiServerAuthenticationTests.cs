using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Client.Configuration;
using ModelOperator.Kubernetes.Client.Transport;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;
using KubernetesClientConfiguration = ModelOperator.Kubernetes.Client.KubernetesClientConfiguration;
using KubernetesException = ModelOperator.Kubernetes.Client.KubernetesException;

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
    public async Task A_token_that_became_invalid_is_replaced_by_the_one_in_the_file_within_the_same_call(
        CancellationToken cancellationToken)
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
        var trust = new ServerTrust
        {
            Authorities = new FixedAuthorities(TestCertificates.Authority("somebody else").ExportCertificatePem()),
        };
        using var client = Client(_server.Configuration with { Trust = trust });

        await Assert.ThatAsync(
            () => AskAsync(client, cancellationToken),
            Throws.InstanceOf<HttpRequestException>()
                .With.Property(nameof(HttpRequestException.HttpRequestError)).EqualTo(HttpRequestError.SecureConnectionError));
    }

    [Test]
    public async Task A_server_must_bear_the_name_it_is_called_by(CancellationToken cancellationToken)
    {
        using var right = Client(
            _server.Configuration with { Trust = _server.Configuration.Trust with { ServerName = "kubernetes.default.svc" } });
        using var wrong = Client(_server.Configuration with { Trust = _server.Configuration.Trust with { ServerName = "elsewhere.test" } });

        Assert.That(await AskAsync(right, cancellationToken), Is.Not.Empty);
        await Assert.ThatAsync(() => AskAsync(wrong, cancellationToken), Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task Who_skips_verification_gets_through(CancellationToken cancellationToken)
    {
        using var client = Client(_server.Configuration with { Trust = new ServerTrust { InsecureSkipVerify = true } });

        Assert.That(await AskAsync(client, cancellationToken), Is.Not.Empty);
    }

    [Test]
    public async Task New_certificates_go_over_new_connections_and_the_old_ones_finish_what_they_carry(CancellationToken cancellationToken)
    {
        var trust = new SwappedAuthorities(_server.Configuration.Trust.Authorities!);
        using var client = Client(_server.Configuration with { Trust = new ServerTrust { Authorities = trust } });
        var options = new ListOptions { ResourceVersion = "", Timeout = TimeSpan.FromMinutes(1) };
        await using var watch = client.WatchAsync(Resources.ConfigMaps, _namespace.Name, options, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await MakeMap("before", cancellationToken);
        await NextNamed(watch, "before");

        trust.Believed = new FixedAuthorities(TestCertificates.Authority("somebody else").ExportCertificatePem());
        await Assert.ThatAsync(
            () => client.GetAsync(Resources.ConfigMaps, _namespace.Name, "before", cancellationToken),
            Throws.InstanceOf<HttpRequestException>());
        await MakeMap("after", cancellationToken);

        Assert.That(await NextNamed(watch, "after"), Is.True);
    }

    private static async Task<bool> NextNamed(IAsyncEnumerator<WatchEvent<ConfigMap>> watch, string name)
    {
        while (await watch.MoveNextAsync())
        {
            if (watch.Current.Metadata?.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    private Task<V1ConfigMap> MakeMap(string name, CancellationToken cancellationToken) =>
        _server.World.CoreV1.CreateNamespacedConfigMapAsync(
            new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name } }, _namespace.Name, cancellationToken: cancellationToken);

    /// <summary>A version, from a server that is believed.</summary>
    private async Task<string> AskAsync(KubernetesClient client, CancellationToken cancellationToken) =>
        (await client.ListAsync(Resources.ConfigMaps, _namespace.Name, new ListOptions(), cancellationToken)).ResourceVersion;

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
        var metadata = new V1ObjectMeta { Name = "a" };
        await _server.World.CoreV1.CreateNamespacedServiceAccountAsync(
            new V1ServiceAccount { Metadata = metadata }, _namespace.Name, cancellationToken: cancellationToken);
        await _server.World.RbacAuthorizationV1.CreateNamespacedRoleAsync(
            new V1Role
            {
                Metadata = metadata,
                Rules = [new V1PolicyRule { ApiGroups = [""], Resources = ["configmaps"], Verbs = ["list"] }],
            },
            _namespace.Name, cancellationToken: cancellationToken);
        await _server.World.RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(
            new V1RoleBinding
            {
                Metadata = metadata,
                RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = "a" },
                Subjects = [new Rbacv1Subject { Kind = "ServiceAccount", Name = "a", NamespaceProperty = _namespace.Name }],
            },
            _namespace.Name, cancellationToken: cancellationToken);
        var request = await _server.World.CoreV1.CreateNamespacedServiceAccountTokenAsync(
            new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [], ExpirationSeconds = 600 } },
            "a", _namespace.Name, cancellationToken: cancellationToken);

        var folder = new TemporaryFolder();
        folder.Write("token", request.Status.Token);
        folder.Write("ca.crt", string.Join('\n', _server.Configuration.Trust.Authorities!.Current.Select(c => c.ExportCertificatePem())));
        return folder;
    }

    private sealed class SwappedAuthorities(ICertificateAuthorities first) : ICertificateAuthorities
    {
        public ICertificateAuthorities Believed { get; set; } = first;

        public System.Security.Cryptography.X509Certificates.X509Certificate2Collection Current => Believed.Current;
    }
}
