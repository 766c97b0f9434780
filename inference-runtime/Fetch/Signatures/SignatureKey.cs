using System.Security.Cryptography;

namespace ModelOperator.Fetch.Signatures;

/// <summary>The public key that a model must be signed with: ECDSA on the curve P-256, as cosign makes them.</summary>
public sealed class SignatureKey
{
    private const int MaxFileBytes = 64 * 1024;
    private const int MaxSignatureLength = 1024;
    private readonly ECParameters _parameters;

    private SignatureKey(ECParameters parameters) => _parameters = parameters;

    /// <summary>Reads a key in the format PEM.</summary>
    public static SignatureKey Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxFileBytes ? Parse(File.ReadAllText(path)) : throw NoKey(null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TerminatingException(
                FailureReasons.CredentialsMissing, $"the public key of the signature cannot be read: {e.Message}", e);
        }
    }

    public static SignatureKey Parse(string pem)
    {
        using ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
            return parameters.Curve.Oid?.Value == ECCurve.NamedCurves.nistP256.Oid.Value ? new SignatureKey(parameters) : throw NoKey(null);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw NoKey(e);
        }
    }

    /// <summary>Whether a signature, in base64, is one of a SHA-256 by this key.</summary>
    public bool Verifies(byte[] sha256, string signature)
    {
        if (signature.Length > MaxSignatureLength)
        {
            return false;
        }

        byte[] bytes = new byte[MaxSignatureLength];
        if (!Convert.TryFromBase64String(signature.Trim(), bytes, out int length))
        {
            return false;
        }

        using ECDsa key = ECDsa.Create(_parameters);
        return key.VerifyHash(sha256, bytes.AsSpan(0, length), DSASignatureFormat.Rfc3279DerSequence);
    }

    private static TerminatingException NoKey(Exception? inner) =>
        new(
            FailureReasons.InvalidConfiguration,
            "the public key of the signature is none, expected an ECDSA key on the curve P-256 as PEM",
            inner!);
}
