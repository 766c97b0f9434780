using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>Makes and judges ECDSA certificates.</summary>
internal static class CertificateFactory
{
    private static readonly TimeSpan CaLife = TimeSpan.FromDays(10 * 365);
    private static readonly TimeSpan ServingLife = TimeSpan.FromDays(365);

    /// <summary>The API server's clock may be behind ours.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    public static X509Certificate2 CreateCa(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // The serial keeps two CAs apart: a verifier looks its issuer up by name.
        var request = new CertificateRequest(
            $"CN=webhook-ca-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - ClockSkew, now + CaLife);
    }

    /// <summary>A certificate for these names, with its key.</summary>
    public static X509Certificate2 CreateServing(X509Certificate2 ca, IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=webhook", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            ca, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var subjects = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                subjects.AddIpAddress(address);
            }
            else
            {
                subjects.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(subjects.Build());
        var caEnd = new DateTimeOffset(ca.NotAfter);
        var end = now + ServingLife < caEnd ? now + ServingLife : caEnd;
        using var signed = request.Create(ca, now - ClockSkew, end, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>Valid now, and for another third of its life: renewing then leaves months for whatever goes wrong.</summary>
    public static bool IsFresh(X509Certificate2 certificate, DateTimeOffset now)
    {
        var (begin, end) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
        return begin <= now && now < end - ((end - begin) / 3);
    }

    public static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 ca, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
