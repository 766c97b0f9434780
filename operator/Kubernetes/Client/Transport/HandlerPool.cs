using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ModelOperator.Kubernetes.Client.Configuration;

namespace ModelOperator.Kubernetes.Client.Transport;

/// <summary>
/// The connections to the server. Certificates are bound to connections, so when an authority or the client's certificate changes new
/// calls go over new connections; old ones finish what they carry and close when idle.
/// </summary>
internal sealed class HandlerPool(KubernetesClientConfiguration configuration) : IDisposable
{
    private readonly Lock _lock = new();
    private Generation? _current;

    public HttpMessageInvoker Get(ClientCertificate? certificate)
    {
        var authorities = configuration.Trust.Authorities?.Current;
        lock (_lock)
        {
            if (_current is not { } current
                || !ReferenceEquals(current.Authorities, authorities)
                || !ReferenceEquals(current.Certificate, certificate))
            {
                // Not disposed: that would tear down the calls and watches it still carries.
                _current = current = new Generation(
                    authorities, certificate, new HttpMessageInvoker(Create(authorities, certificate), disposeHandler: true));
            }

            return current.Invoker;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _current?.Invoker.Dispose();
            _current = null;
        }
    }

    private SocketsHttpHandler Create(X509Certificate2Collection? authorities, ClientCertificate? certificate) => new()
    {
        // A server that vanished without closing the connection is found out within 45 s, also under a silent watch.
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        AutomaticDecompression = DecompressionMethods.GZip,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = configuration.Proxy is not null || !(configuration.BypassProxy || configuration.Server.IsLoopback),
        Proxy = configuration.Proxy is { } proxy ? ProxyAddress.ToProxy(proxy) : null,
        SslOptions = SslOptions(authorities, certificate),
    };

    private SslClientAuthenticationOptions SslOptions(X509Certificate2Collection? authorities, ClientCertificate? certificate)
    {
        var options = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (certificate is not null)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate.Leaf, certificate.Chain, offline: true);
        }

        if (configuration.Trust.InsecureSkipVerify)
        {
#pragma warning disable CA5359, MA0039 // The user asked for it, by a setting that says so in its name.
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359, MA0039
        }
        else if (authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    private sealed record Generation(X509Certificate2Collection? Authorities, ClientCertificate? Certificate, HttpMessageInvoker Invoker);
}
