using System.Security.Cryptography;
using System.Text.Json;
using ModelOperator.Fetch.Signatures;

namespace ModelOperator.Fetch.Stores.Oci;

/// <summary>
/// Signatures as cosign keeps them: layers of the tag sha256-HEX.sig, each a payload that names the manifest, signed in an annotation.
/// </summary>
internal sealed class CosignSignature(Registry registry, StoreContext context)
{
    private const string Annotation = "dev.cosignproject.cosign/signature";
    private const string PayloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
    private const int MaxSignatures = 50;

    /// <summary>Checks that one of the signatures is by the key and names the manifest.</summary>
    public async Task VerifyAsync(SignatureKey key, string digest, CancellationToken cancellationToken)
    {
        string name = context.Options.Address.Name;
        string tag = digest.Replace(':', '-') + ".sig";
        if (await VerifiesKeptAsync(tag, key, digest, cancellationToken))
        {
            return;
        }

        if (await registry.TryManifestAsync(tag, cancellationToken) is not (OciManifest { Layers: { Count: > 0 } layers }, var manifest))
        {
            throw new TerminatingException(FailureReasons.SignatureInvalid, $"{name} is not signed: its repository has no tag {tag}");
        }

        if (!await VerifiesAsync(layers, key, digest, cancellationToken))
        {
            throw new TerminatingException(
                FailureReasons.SignatureInvalid,
                $"{name} is not signed by the key asked for: none of the signatures of the tag {tag} is by it and for {digest}");
        }

        registry.Keep(tag, manifest);
    }

    /// <summary>
    /// Whether a signature that an earlier fetch kept is right: then it is right whoever put it there, and the registry need not be asked.
    /// </summary>
    private async Task<bool> VerifiesKeptAsync(string tag, SignatureKey key, string digest, CancellationToken cancellationToken)
    {
        try
        {
            return registry.KeptManifest(tag) is { Layers: { } kept } && await VerifiesAsync(kept, key, digest, cancellationToken);
        }
        catch (TerminatingException)
        {
            // Not what was kept, or not all of it: the registry has the last word.
            return false;
        }
    }

    private async Task<bool> VerifiesAsync(List<OciDescriptor> layers, SignatureKey key, string digest, CancellationToken cancellationToken)
    {
        foreach (OciDescriptor layer in layers.Where(layer => layer.MediaType == PayloadType).Take(MaxSignatures))
        {
            if (layer.Annotations?.GetValueOrDefault(Annotation) is { } signature
                && await registry.BlobAsync(layer, cancellationToken) is var payload
                && key.Verifies(SHA256.HashData(payload), signature)
                && Names(payload, digest))
            {
                FetchLog.SignatureRight(context.Logger, $"{context.Options.Address.Name} {digest}");
                return true;
            }
        }

        return false;
    }

    private static bool Names(byte[] payload, string digest)
    {
        try
        {
            SimpleSigning? statement = JsonSerializer.Deserialize(payload, OciJson.Default.SimpleSigning);
            return statement?.Critical is { Type: "cosign container image signature", Image.Digest: { } signed } && signed == digest;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
