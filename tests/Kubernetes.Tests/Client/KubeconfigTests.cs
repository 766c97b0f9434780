using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Client.Configuration;
using ModelOperator.Kubernetes.Client.Transport;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Client;

[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class KubeconfigTests : IDisposable
{
    private const string Usual = """
        apiVersion: v1
        kind: Config
        current-context: dev
        clusters:
        - name: local
          cluster: {server: "https://10.0.0.1:6443", tls-server-name: kubernetes}
        - {name: other, cluster: {server: "https://other.test", insecure-skip-tls-verify: true, proxy-url: "http://proxy.test:3128"}}
        users:
        - name: me
          user:
            token: secret-token
        contexts:
        - name: dev
          context: {cluster: local, user: me, namespace: mine}
        - name: else
          context: {cluster: other}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task The_current_context_says_which_server_and_who()
    {
        var configuration = Load(Usual);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(configuration.Server, Is.EqualTo(new Uri("https://10.0.0.1:6443")));
            Assert.That(configuration.Trust.ServerName, Is.EqualTo("kubernetes"));
            Assert.That(configuration.Trust.InsecureSkipVerify, Is.False);
            Assert.That((await Credential(configuration)).BearerToken, Is.EqualTo("secret-token"));
        }
    }

    [Test]
    public async Task Another_context_can_be_asked_for()
    {
        var configuration = Load(Usual, "else");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(configuration.Server, Is.EqualTo(new Uri("https://other.test")));
            Assert.That(configuration.Trust.InsecureSkipVerify, Is.True);
            Assert.That(configuration.Proxy, Is.EqualTo(new Uri("http://proxy.test:3128")));
            Assert.That(await Credential(configuration), Is.EqualTo(new Credential()));
        }
    }

    [Test]
    public async Task Of_many_files_the_first_wins_and_those_missing_are_passed_over()
    {
        var first = _folder.Write("first", """
            clusters: [{name: local, cluster: {server: "https://first.test"}}]
            contexts: [{name: dev, context: {cluster: local, user: me}}]
            """);
        var second = _folder.Write("second", Usual);

        var configuration = KubernetesConfigurationLoader.LoadKubeconfig(
            $"{_folder.Path}/missing:{first}:{second}", null, TimeProvider.System, NullLogger.Instance);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(configuration.Server, Is.EqualTo(new Uri("https://first.test")));
            Assert.That((await Credential(configuration)).BearerToken, Is.EqualTo("secret-token"));
        }
    }

    [Test]
    public void It_may_be_JSON()
    {
        var configuration = Load(
            """{"current-context":"c","clusters":[{"name":"c","cluster":{"server":"https://j.test"}}],"contexts":[{"name":"c","context":"""
            + """{"cluster":"c"}}]}""");

        Assert.That(configuration.Server, Is.EqualTo(new Uri("https://j.test")));
    }

    [Test]
    public async Task Paths_start_at_the_file_they_stand_in()
    {
        var (certificate, key) = TestCertificates.Client("user in files");
        _folder.Write("pki/ca.crt", TestCertificates.Authority("an authority").ExportCertificatePem());
        _folder.Write("pki/me.crt", certificate);
        _folder.Write("pki/me.key", key);

        var configuration = Load("""
            current-context: c
            clusters: [{name: c, cluster: {server: "https://c.test", certificate-authority: pki/ca.crt}}]
            users: [{name: u, user: {client-certificate: pki/me.crt, client-key: pki/me.key}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            """);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(configuration.Trust.Authorities!.Current.Single().Subject, Is.EqualTo("CN=an authority"));
            Assert.That((await Credential(configuration)).Certificate!.Leaf.Subject, Is.EqualTo("CN=user in files"));
        }
    }

    [Test]
    public async Task Data_beats_files_and_a_token_file_beats_a_token()
    {
        var (certificate, key) = TestCertificates.Client("user in data");
        _folder.Write("token", "from-file");

        var configuration = Load($$$"""
            current-context: c
            clusters: [{name: c, cluster: {server: "https://c.test"}}]
            users:
            - name: u
              user:
                client-certificate-data: {{{Base64(certificate)}}}
                client-key-data: {{{Base64(key)}}}
                client-certificate: missing.crt
                client-key: missing.key
                token: from-config
                tokenFile: token
            contexts: [{name: c, context: {cluster: c, user: u}}]
            """);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Credential(configuration)).Certificate!.Leaf.Subject, Is.EqualTo("CN=user in data"));
            Assert.That((await Credential(configuration)).BearerToken, Is.EqualTo("from-file"));
        }
    }

    [Test]
    public async Task A_replaced_authority_is_believed_without_a_restart()
    {
        var clock = new ManualTimeProvider();
        _folder.Write("ca.crt", TestCertificates.Authority("old").ExportCertificatePem());
        var file = _folder.Write("config", """
            current-context: c
            clusters: [{name: c, cluster: {server: "https://c.test", certificate-authority: ca.crt}}]
            contexts: [{name: c, context: {cluster: c}}]
            """);
        var authorities = KubernetesConfigurationLoader.LoadKubeconfig(file, null, clock, NullLogger.Instance).Trust.Authorities!;

        var first = authorities.Current;
        clock.Advance(TimeSpan.FromMinutes(2));
        var same = authorities.Current;
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "ca.crt"), TestCertificates.Authority("new").ExportCertificatePem());
        clock.Advance(TimeSpan.FromMinutes(2));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(same, Is.SameAs(first), "connections are kept while nothing changed");
            Assert.That(authorities.Current.Single().Subject, Is.EqualTo("CN=new"));
        }
    }

    [Test]
    public async Task An_exec_plugin_with_a_slash_is_found_from_the_file()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bin"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "bin", "plugin"), "/bin/sh");

        var configuration = Load("""
            current-context: c
            clusters: [{name: c, cluster: {server: "https://c.test"}}]
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: ./bin/plugin
                  args:
                  - -c
                  - echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"for-'$WHO'"}}'
                  env: [{name: WHO, value: me}]
                  interactiveMode: IfAvailable
                  provideClusterInfo: true
            contexts: [{name: c, context: {cluster: c, user: u}}]
            """);

        Assert.That((await Credential(configuration)).BearerToken, Is.EqualTo("for-me"));
    }

    [TestCase("current-context: nowhere", "there is no context 'nowhere'")]
    [TestCase("clusters: []", "current-context: is not set")]
    [TestCase("- a list", "a YAML mapping is expected")]
    [TestCase("a: [", "is not YAML at line")]
    [TestCase("{current-context: c, contexts: [{name: c, context: {}}]}", "cluster: is missing")]
    [TestCase("{current-context: c, contexts: [{name: c, context: {cluster: x}}]}", "there is no cluster 'x'")]
    [TestCase("{current-context: c, contexts: [{name: c, context: {cluster: x}}], clusters: [{name: x}]}", "server: is missing")]
    [TestCase(
        "{current-context: c, contexts: [{name: c, context: {cluster: x}}], clusters: [{name: x, cluster: {server: 'ftp://x'}}]}",
        "is 'ftp://x'")]
    public void What_is_wrong_is_named(string content, string message)
    {
        Assert.That(() => Load(content), Throws.InstanceOf<KubernetesConfigurationException>().With.Message.Contains(message));
    }

    [Test]
    public void As_whom_to_act_goes_into_headers()
    {
        var configuration = Load("""
            current-context: c
            clusters: [{name: c, cluster: {server: "https://c.test"}}]
            users:
            - name: u
              user:
                token: t
                as: system:serviceaccount:ml:ci
                as-uid: "42"
                as-groups: [deployers, "system:authenticated"]
                as-user-extra: {"example.com/scopes": [read, write]}
            contexts: [{name: c, context: {cluster: c, user: u}}]
            """);

        using var message = new ApiRequest(HttpMethod.Get, "api").ToMessage(configuration, "t");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(message.Headers.GetValues("Impersonate-User"), Is.EqualTo(new[] { "system:serviceaccount:ml:ci" }));
            Assert.That(message.Headers.GetValues("Impersonate-Uid"), Is.EqualTo(new[] { "42" }));
            Assert.That(message.Headers.GetValues("Impersonate-Group"), Is.EqualTo(new[] { "deployers", "system:authenticated" }));
            Assert.That(message.Headers.GetValues("Impersonate-Extra-example.com%2Fscopes"), Is.EqualTo(new[] { "read", "write" }));
            Assert.That(message.Headers.Authorization!.Parameter, Is.EqualTo("t"), "the server asks whether this one may");
        }
    }

    [TestCase("http://me:p%40ss@proxy.test:3128", "http://proxy.test:3128/", "me", "p@ss")]
    [TestCase("socks5://me:secret@proxy.test:1080", "socks5://proxy.test:1080/", "me", "secret")]
    [TestCase("socks5://proxy.test:1080", "socks5://proxy.test:1080/", null, null)]
    public void A_proxy_is_used_with_its_credentials(string address, string proxy, string? user, string? password)
    {
        var configuration = Load(Usual.Replace("http://proxy.test:3128", address, StringComparison.Ordinal), "else");

        var made = ProxyAddress.ToProxy(configuration.Proxy!);

        Assert.That(made.Address, Is.EqualTo(new Uri(proxy)));
        var credentials = made.Credentials?.GetCredential(made.Address!, "Basic");
        Assert.That((credentials?.UserName, credentials?.Password), Is.EqualTo((user, password)));
    }

    [TestCase("socks4://me:secret@proxy.test", "proxy.test")]
    [TestCase("me:secret@proxy.test:3128", "proxy.test:3128")]
    public void A_proxy_that_cannot_be_used_is_named_without_its_password(string address, string shown)
    {
        Assert.That(
            () => Load(Usual.Replace("http://proxy.test:3128", address, StringComparison.Ordinal), "else"),
            Throws.InstanceOf<KubernetesConfigurationException>()
                .With.Message.Contains($"proxy-url: is '{shown}'; an address with http, https or socks5 is expected")
                .And.Message.Not.Contains("secret"));
    }

    [TestCase("{as-groups: [a]}", "as: is missing")]
    [TestCase("{as: me, as-groups: a}", "as-groups: is not a list")]
    [TestCase("{as: \"a\\nb\"}", "as: holds a character")]
    [TestCase("{as: me, as-user-extra: {k: v}}", "as-user-extra: is not a list")]
    [TestCase("{username: me, password: secret}", "username: is basic authentication")]
    [TestCase("{client-key-data: a2V5}", "client-certificate: is missing")]
    [TestCase("{client-certificate-data: '***', client-key-data: a2V5}", "client-certificate-data: is not base64")]
    [TestCase("{auth-provider: {name: gcp}}", "an exec plugin is expected")]
    [TestCase("{exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}", "v1alpha1")]
    [TestCase("{exec: {apiVersion: client.authentication.k8s.io/v1}}", "exec.command: is missing")]
    [TestCase("{exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}}", "nobody is there")]
    public void What_is_wrong_with_a_user_is_named(string user, string message)
    {
        var content = $$$"""
            current-context: c
            clusters: [{name: c, cluster: {server: "https://c.test"}}]
            users: [{name: u, user: {{{user}}}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            """;

        Assert.That(
            () => Load(content),
            Throws.InstanceOf<KubernetesConfigurationException>().With.Message.Contains("user 'u'").And.Message.Contains(message));
    }

    [Test]
    public void Without_any_file_the_error_says_what_to_set()
    {
        Assert.That(
            () => KubernetesConfigurationLoader.LoadKubeconfig($"{_folder.Path}/none", null, TimeProvider.System, NullLogger.Instance),
            Throws.InstanceOf<KubernetesConfigurationException>().With.Message.Contains("Set it to a kubeconfig file"));
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static async Task<Credential> Credential(KubernetesClientConfiguration configuration) =>
        await configuration.Credentials.GetAsync(CancellationToken.None);

    private KubernetesClientConfiguration Load(string content, string? context = null) => KubernetesConfigurationLoader.LoadKubeconfig(
        _folder.Write("config", content), context, TimeProvider.System, NullLogger.Instance);
}
