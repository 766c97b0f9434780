using System.Net;
using System.Net.Sockets;

namespace ModelOperator.Server.Fetching;

/// <summary>
/// Which addresses models may come from. Private addresses may be: a store in the cluster has one. The link-local ones may not: there the
/// cloud providers hand out the credentials of the machine.
/// </summary>
internal static class ModelUri
{
    private static readonly IPAddress MetadataV6 = IPAddress.Parse("fd00:ec2::254");

    public static Uri Parse(string text, string option)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || Refusal(uri) is not null)
        {
            string why = uri is null ? "it is not an absolute URI" : Refusal(uri)!;
            throw new TerminatingException(FailureReasons.InvalidConfiguration, $"{option} cannot be used: {why}, expected http(s)://HOST/PATH");
        }

        return uri;
    }

    /// <summary>Why a URI, given or redirected to, is refused; null when it is not.</summary>
    public static string? Refusal(Uri uri)
    {
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
        {
            return $"its scheme is '{uri.Scheme}'";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "it holds a user name or password, which belong into a secret";
        }

        return IPAddress.TryParse(uri.IdnHost, out IPAddress? address) && IsForbidden(address) ? $"{address} is a link-local address" : null;
    }

    /// <summary>Whether an address, as a name resolves to it, is one that no model may come from.</summary>
    public static bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetwork
            ? address.GetAddressBytes() is [169, 254, _, _]
            : address.IsIPv6LinkLocal || address.Equals(MetadataV6);
    }

    /// <summary>The URI as it may be logged: a query can hold a signature.</summary>
    public static string Loggable(Uri uri) => uri.GetLeftPart(UriPartial.Path);

    /// <summary>Whether credentials for one URI may be sent to another.</summary>
    public static bool SameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);
}
