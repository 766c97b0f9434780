using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>Reads PEM with errors that say which setting is wrong.</summary>
internal static class Pem
{
    public static X509Certificate2Collection ReadCertificates(string pem, string setting)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new KubernetesConfigurationException(
                $"{setting}: holds a certificate that cannot be read; PEM certificates are expected.", e);
        }

        return certificates.Count > 0
            ? certificates
            : throw new KubernetesConfigurationException($"{setting}: holds no certificate; at least one PEM certificate is expected.");
    }

    public static ClientCertificate ReadClientCertificate(string certificatePem, string keyPem, string setting)
    {
        try
        {
            var chain = ReadCertificates(certificatePem, setting);
            return new ClientCertificate(X509Certificate2.CreateFromPem(certificatePem, keyPem), chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The message of the cause may quote the key; its type is enough.
            throw new KubernetesConfigurationException(
                $"{setting}: the certificate and its key cannot be read or do not belong together ({e.GetType().Name}).");
        }
    }
}

/// <summary>A client certificate with its key, and the whole chain it came with.</summary>
public sealed record ClientCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain);
