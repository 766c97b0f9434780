using System.Text.RegularExpressions;
using ModelOperator.Addressing;

namespace ModelOperator.Api.Validation;

/// <summary>Rules of spec.model.</summary>
internal static partial class ModelSourceRules
{
    private const string Root = "spec.model";

    public static IEnumerable<FieldError> Check(ModelSource model)
    {
        var errors = ModelAddressRules.Check($"{Root}.uri", model.Uri, out var address);
        foreach (var error in errors)
        {
            yield return error;
        }

        if (model.Digest is { } digest && !Sha256().IsMatch(digest))
        {
            yield return FieldError.Text(
                $"{Root}.digest", digest, "want sha256: and 64 lower case hexadecimal digits, as sha256sum prints them");
        }

        if (model.CredentialsSecretRef is { } secret && !ObjectName().IsMatch(secret.Name))
        {
            yield return FieldError.Text(
                $"{Root}.credentialsSecretRef.name", secret.Name, "want the name of a Secret in the same namespace");
        }

        foreach (var error in ModelAddressRules.CheckIdentity(Root, model.WorkloadIdentity, model.CredentialsSecretRef, address))
        {
            yield return error;
        }

        if (model.Signature?.PublicKeySecretRef is { } key && !ObjectName().IsMatch(key.Name))
        {
            yield return FieldError.Text(
                $"{Root}.signature.publicKeySecretRef.name", key.Name, "want the name of a Secret in the same namespace");
        }

        foreach (var error in model.Cache is { } cache ? Cache(cache, model, address) : [])
        {
            yield return error;
        }
    }

    private static IEnumerable<FieldError> Cache(ModelCache cache, ModelSource model, ModelAddress? address)
    {
        if (!ObjectName().IsMatch(cache.ClaimName))
        {
            yield return FieldError.Text(
                $"{Root}.cache.claimName", cache.ClaimName, "want the name of a PersistentVolumeClaim in the same namespace");
        }

        if (address is VolumeAddress)
        {
            yield return FieldError.Text($"{Root}.cache.claimName", cache.ClaimName, "is not used with a pvc:// address; leave it out");
        }
        else if (model.Digest is null && address is not (null or OciAddress))
        {
            yield return FieldError.Text(
                $"{Root}.cache.claimName",
                cache.ClaimName,
                "identifies files by their digest; set spec.model.digest, or leave the cache out");
        }
    }

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sha256();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9.]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ObjectName();
}
