using System.Security.Cryptography.X509Certificates;
using ModelOperator.Kubernetes.Client.Configuration;

namespace ModelOperator.Kubernetes.Client.Transport;

/// <summary>What makes a server's certificate believable.</summary>
public sealed record ServerTrust
{
    /// <summary>The only authorities believed; null believes those of the system.</summary>
    public ICertificateAuthorities? Authorities { get; init; }

    /// <summary>Believes any certificate. For throw-away clusters only; credentials go to whoever answers.</summary>
    public bool InsecureSkipVerify { get; init; }

    /// <summary>The name the certificate must bear where it is not that of the address.</summary>
    public string? ServerName { get; init; }
}

/// <summary>Authorities that may change while the program runs.</summary>
public interface ICertificateAuthorities
{
    /// <summary>The same instance as long as nothing changed.</summary>
    X509Certificate2Collection Current { get; }
}

/// <summary>Authorities given once, as PEM.</summary>
public sealed class FixedAuthorities(string pem) : ICertificateAuthorities
{
    public X509Certificate2Collection Current { get; } = Pem.ReadCertificates(pem, "certificate-authority-data");
}

/// <summary>Authorities in a PEM file that is reread, so that a rotated authority needs no restart.</summary>
internal sealed class AuthoritiesFile(ReloadingFile<X509Certificate2Collection> file) : ICertificateAuthorities
{
    public X509Certificate2Collection Current => file.Get();
}
