using System.Text.RegularExpressions;
using ModelOperator.Addressing;

namespace ModelOperator.Api.Validation;

/// <summary>Rules of the addresses that pods fetch from.</summary>
internal static partial class ModelAddressRules
{
    /// <summary>The errors, and the address when there are none.</summary>
    public static IEnumerable<FieldError> Check(string field, string text, out ModelAddress? address)
    {
        if (ModelAddress.TryParse(text, out var parsed, out string problem))
        {
            address = parsed;
            return [];
        }

        address = null;
        return [FieldError.Text(field, WithoutSecrets(text), problem)];
    }

    /// <summary>Rules of signing in as the pod.</summary>
    public static IEnumerable<FieldError> CheckIdentity(
        string parent, bool? workloadIdentity, LocalSecretReference? secret, ModelAddress? address)
    {
        if (workloadIdentity == true && address is not (null or S3Address or AzureBlobAddress or GoogleStorageAddress))
        {
            yield return FieldError.Of(
                $"{parent}.workloadIdentity", "true", $"is for s3, azblob and gs, not for {address.Name}; leave it out");
        }

        if (workloadIdentity == true && secret is not null)
        {
            yield return FieldError.Text(
                $"{parent}.credentialsSecretRef.name", secret.Name, "contradicts workloadIdentity; leave one of them out");
        }

        if (secret is not null && address is VolumeAddress)
        {
            yield return FieldError.Text(
                $"{parent}.credentialsSecretRef.name",
                secret.Name,
                "is for files fetched over the network; leave it out for a pvc:// address");
        }
    }

    private static string WithoutSecrets(string uri)
    {
        string shown = UserInfo().Replace(uri, "//***@", 1);
        int query = shown.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? shown.IndexOf('?', StringComparison.Ordinal) : -1;
        return query < 0 ? shown : shown[..query] + "?***";
    }

    [GeneratedRegex("//[^/?#]*@", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInfo();
}
