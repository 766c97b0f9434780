using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using ModelOperator.Kubernetes.Client.Authentication;
using ModelOperator.Kubernetes.Client.Transport;

namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>What the kubelet gives every pod: the API server's address in the environment, a service account in files.</summary>
internal static class InClusterConfiguration
{
    public const string ServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static bool IsAvailable(Func<string, string?> environment, string directory) =>
        !string.IsNullOrEmpty(environment("KUBERNETES_SERVICE_HOST")) && File.Exists(Path.Combine(directory, "token"));

    public static KubernetesClientConfiguration Load(
        Func<string, string?> environment, string directory, TimeProvider timeProvider, ILogger logger)
    {
        var authorities = Path.Combine(directory, "ca.crt");
        var file = new ReloadingFile<X509Certificate2Collection>(
            authorities, pem => Pem.ReadCertificates(pem, authorities), timeProvider, logger);
        return new KubernetesClientConfiguration
        {
            Server = Server(environment),
            Trust = new ServerTrust { Authorities = new AuthoritiesFile(file) },
            Credentials = new TokenFileCredentials(Path.Combine(directory, "token"), null, timeProvider, logger),

            // A proxy is for the world outside; the environment's exceptions cannot name the service network, being host names here.
            BypassProxy = true,
        };
    }

    private static Uri Server(Func<string, string?> environment)
    {
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host))
        {
            throw new KubernetesConfigurationException("KUBERNETES_SERVICE_HOST: is not set; inside a pod it is the API server's address.");
        }

        if (IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            host = $"[{address}]";
        }

        return Uri.TryCreate($"https://{host}:{(string.IsNullOrEmpty(port) ? "443" : port)}/", UriKind.Absolute, out var server)
            ? server
            : throw new KubernetesConfigurationException(
                $"KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT: '{host}', '{port}' are not a host and a port.");
    }
}
