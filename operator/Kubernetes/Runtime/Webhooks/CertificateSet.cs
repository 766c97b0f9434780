using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>A serving certificate, the CA that signed it and the CAs that are to be trusted, as they are kept in a Secret.</summary>
internal sealed class CertificateSet : IDisposable
{
    private const string CaKey = "ca.key";
    private const string CaCertificates = "ca.crt";
    private const string ServingKey = "tls.key";
    private const string ServingCertificate = "tls.crt";

    private readonly X509Certificate2 _ca;

    private CertificateSet(X509Certificate2 ca, X509Certificate2 serving, byte[] bundle, Dictionary<string, byte[]> data) =>
        (_ca, Serving, Bundle, Data) = (ca, serving, bundle, data);

    /// <summary>What the web server shows, with its key.</summary>
    public X509Certificate2 Serving { get; }

    /// <summary>PEM certificates of the CAs to trust.</summary>
    public byte[] Bundle { get; }

    /// <summary>What the Secret holds.</summary>
    public Dictionary<string, byte[]> Data { get; }

    /// <summary>Null when something is missing, malformed or does not fit together.</summary>
    public static CertificateSet? Parse(Dictionary<string, byte[]>? data)
    {
        if (data is null || !data.TryGetValue(CaKey, out var caKey) || !data.TryGetValue(CaCertificates, out var bundle)
            || !data.TryGetValue(ServingKey, out var servingKey) || !data.TryGetValue(ServingCertificate, out var serving))
        {
            return null;
        }

        try
        {
            // The first of the bundle is the one that signs.
            var ca = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(bundle), Encoding.UTF8.GetString(caKey));
            return new(
                ca, X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(serving), Encoding.UTF8.GetString(servingKey)), bundle, data);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// A new set. With a set whose CA still signs for long, only the serving certificate is new; else the old CA stays trusted beside the
    /// new.
    /// </summary>
    public static CertificateSet Create(IReadOnlyList<string> names, DateTimeOffset now, CertificateSet? before)
    {
        if (before is not null && CertificateFactory.IsFresh(before._ca, now))
        {
            return Sign(before._ca, before.Data[CaKey], before.Bundle, names, now);
        }

        using var ca = CertificateFactory.CreateCa(now);
        var bundle = ca.ExportCertificatePem() + "\n" + (before is null ? "" : before._ca.ExportCertificatePem() + "\n");
        return Sign(ca, KeyOf(ca), Encoding.UTF8.GetBytes(bundle), names, now);
    }

    /// <summary>Whether it can be served for a good while yet, under all of these names.</summary>
    public bool IsGood(IReadOnlyList<string> names, DateTimeOffset now) =>
        CertificateFactory.IsFresh(Serving, now)
        && CertificateFactory.IsFresh(_ca, now)
        && CertificateFactory.IsSignedBy(Serving, _ca, now)
        && names.All(n => Serving.MatchesHostname(n, allowWildcards: false, allowCommonName: false));

    /// <summary>A secret that whoever has the Secret can make: the same until there is a new CA.</summary>
    public byte[] DeriveKey(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Data[CaKey], outputLength: 32, info: Encoding.UTF8.GetBytes(purpose));

    public void Dispose()
    {
        _ca.Dispose();
        Serving.Dispose();
    }

    private static CertificateSet Sign(X509Certificate2 ca, byte[] caKey, byte[] bundle, IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var serving = CertificateFactory.CreateServing(ca, names, now);
        return Parse(new()
        {
            [CaKey] = caKey,
            [CaCertificates] = bundle,
            [ServingKey] = KeyOf(serving),
            [ServingCertificate] = Encoding.UTF8.GetBytes(serving.ExportCertificatePem() + "\n"),
        }) ?? throw new CryptographicException("A certificate just made cannot be read back.");
    }

    private static byte[] KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("A certificate just made has no key.");
        return Encoding.UTF8.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
