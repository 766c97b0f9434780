using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Client.Configuration;
using ModelOperator.Testing;

namespace ModelOperator.Kubernetes.Tests.Client;

[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class InClusterConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal)
    {
        ["KUBERNETES_SERVICE_HOST"] = "10.96.0.1",
        ["KUBERNETES_SERVICE_PORT"] = "443",
    };

    public InClusterConfigurationTests()
    {
        _folder.Write("token", "pod-token");
        _folder.Write("ca.crt", TestCertificates.Authority("cluster").ExportCertificatePem());
    }

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task Everything_comes_from_what_the_kubelet_gives_a_pod()
    {
        var configuration = Load();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(configuration.Server, Is.EqualTo(new Uri("https://10.96.0.1:443/")));
            Assert.That((await configuration.Credentials.GetAsync(CancellationToken.None)).BearerToken, Is.EqualTo("pod-token"));
            Assert.That(configuration.Trust.Authorities!.Current.Single().Subject, Is.EqualTo("CN=cluster"));
            Assert.That(configuration.BypassProxy, Is.True);
        }
    }

    [Test]
    public void An_IPv6_address_gets_its_brackets()
    {
        _environment["KUBERNETES_SERVICE_HOST"] = "fd00::1";

        Assert.That(Load().Server.AbsoluteUri, Is.EqualTo("https://[fd00::1]/"));
    }

    [Test]
    public void It_is_there_only_with_an_address_and_a_token()
    {
        var complete = InClusterConfiguration.IsAvailable(Variable, _folder.Path);
        File.Delete(Path.Combine(_folder.Path, "token"));
        var withoutToken = InClusterConfiguration.IsAvailable(Variable, _folder.Path);

        Assert.That((complete, withoutToken), Is.EqualTo((true, false)));
    }

    private string? Variable(string name) => _environment.GetValueOrDefault(name);

    private KubernetesClientConfiguration Load() =>
        InClusterConfiguration.Load(Variable, _folder.Path, TimeProvider.System, NullLogger.Instance);
}
