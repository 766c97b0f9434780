using ModelOperator.Addressing;

namespace ModelOperator.Api;

/// <summary>Whether a spec by itself says which model it means.</summary>
public static class ModelIdentity
{
    /// <summary>
    /// Whether every file of the model is named by a digest. Any other address may hold another model tomorrow. A digest covers one file:
    /// that of an artifact may have more beside it, and so may one that is signed.
    /// </summary>
    public static bool IsFixed(ModelSource model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return ModelAddress.TryParse(model.Uri, out ModelAddress address, out _) && address switch
        {
            OciAddress oci => oci.Reference.StartsWith("sha256:", StringComparison.Ordinal),
            _ => model is { Digest: not null, Signature: null },
        };
    }
}
