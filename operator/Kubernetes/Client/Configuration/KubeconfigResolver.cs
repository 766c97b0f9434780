using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Client.Transport;

namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>Turns a context of a kubeconfig into a configuration.</summary>
internal sealed class KubeconfigResolver(Kubeconfig kubeconfig, TimeProvider timeProvider, ILogger logger)
{
    public KubernetesClientConfiguration Resolve(string? contextName)
    {
        var context = FindContext(contextName ?? kubeconfig.CurrentContext);
        var cluster = Find(kubeconfig.Clusters, context, "cluster")
            ?? throw context.Wrong("cluster", "is missing; the name of a cluster is expected");
        var user = Find(kubeconfig.Users, context, "user");
        return new KubernetesClientConfiguration
        {
            Server = Address(cluster, "server", "http or https", "http", "https")
                ?? throw cluster.Wrong("server", "is missing; such as https://host:6443 is expected"),
            Trust = Trust(cluster),
            Credentials = user is null
                ? AnonymousCredentials.Instance
                : new KubeconfigCredentials(user, cluster, timeProvider, logger).Resolve(),
            Impersonation = user is null ? null : KubeconfigImpersonation.Read(user),
            Proxy = Address(cluster, "proxy-url", "http, https or socks5", "http", "https", "socks5"),
        };
    }

    private KubeconfigEntry FindContext(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw new KubernetesConfigurationException(
                $"current-context: is not set; one of {string.Join(", ", kubeconfig.Contexts.Keys)} is expected.");
        }

        return kubeconfig.Contexts.GetValueOrDefault(name) ?? throw new KubernetesConfigurationException(
            $"current-context: there is no context '{name}'; there are {string.Join(", ", kubeconfig.Contexts.Keys)}.");
    }

    private static KubeconfigEntry? Find(Dictionary<string, KubeconfigEntry> entries, KubeconfigEntry context, string field) =>
        context.Text(field) is { } name
            ? entries.GetValueOrDefault(name) ?? throw context.Wrong(field, $"there is no {field} '{name}'")
            : null;

    private static Uri? Address(KubeconfigEntry entry, string field, string expected, params string[] schemes) => entry.Text(field) switch
    {
        null => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && schemes.Contains(uri.Scheme) => uri,
        // What stands before an @ may be a password.
        var text => throw entry.Wrong(field, $"is '{text[(text.LastIndexOf('@') + 1)..]}'; an address with {expected} is expected"),
    };

    private ServerTrust Trust(KubeconfigEntry cluster) => new()
    {
        InsecureSkipVerify = cluster.Flag("insecure-skip-tls-verify"),
        ServerName = cluster.Text("tls-server-name"),
        Authorities = cluster.Data("certificate-authority-data") is { } pem
            ? new FixedAuthorities(Encoding.UTF8.GetString(pem))
            : cluster.PathOf("certificate-authority") is { } path
                ? new AuthoritiesFile(new ReloadingFile<X509Certificate2Collection>(
                    path, text => Pem.ReadCertificates(text, path), timeProvider, logger))
                : null,
    };
}
