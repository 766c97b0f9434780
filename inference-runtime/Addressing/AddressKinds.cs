using System.Net;

namespace ModelOperator.Addressing;

/// <summary>What kind of machine an address leads to.</summary>
internal enum AddressKind
{
    Public,
    Private,
    Loopback,
    Metadata,
    NoHost,
}

/// <summary>Sorts addresses by IANA's registries of special-purpose addresses, and by what clouds say of their metadata services.</summary>
internal static class AddressKinds
{
    private static readonly (IPNetwork Network, AddressKind Kind)[] Special =
    [
        // Link-local addresses, where most clouds have it, and the others' own ones: AWS, Google, Oracle, Linode, Scaleway, Alibaba, Azure,
        // Volcengine, Oracle's older one, Equinix Metal.
        .. Of(
            AddressKind.Metadata,
            "169.254.0.0/16",
            "fe80::/10",
            "fd00:ec2::/64",
            "fd20:ce::/64",
            "fd00:c1::/64",
            "fd00:a9fe:a9fe::/64",
            "fd00:42::42/128",
            "100.100.100.200/32",
            "168.63.129.16/32",
            "100.96.0.96/32",
            "192.0.0.192/32",
            "192.80.8.124/32"),
        .. Of(
            AddressKind.NoHost, "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8", "100::/64", "100:0:0:1::/64",
            "2001::/32", "2001:10::/28", "2001:20::/28"),
        .. Of(AddressKind.Loopback, "127.0.0.0/8", "::1/128"),
        .. Of(
            AddressKind.Private,
            "10.0.0.0/8",
            "100.64.0.0/10",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "64:ff9b:1::/48",
            "2001:2::/48",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fec0::/10"),
    ];

    // What a translator of a network's own prefix may lead to: nobody outside knows the prefix, so it is refused behind any.
    private static readonly IPAddress[] MetadataBehindTranslators =
        [.. new[] { "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16", "192.0.0.192" }
            .Select(IPAddress.Parse)];

    private static readonly IPNetwork LocalTranslators = IPNetwork.Parse("64:ff9b:1::/48");

    /// <summary>The kind of an address that was unwrapped.</summary>
    public static AddressKind Of(IPAddress address)
    {
        bool isLocal = LocalTranslators.Contains(address);
        return EmbeddedAddresses.Translated(address)
            .Any(inner => isLocal ? Listed(inner) == AddressKind.Metadata : MetadataBehindTranslators.Contains(inner))
            ? AddressKind.Metadata
            : Listed(address);
    }

    private static AddressKind Listed(IPAddress address) =>
        Array.Find(Special, special => special.Network.Contains(address)) is { Network.PrefixLength: > 0 } found
            ? found.Kind
            : AddressKind.Public;

    private static IEnumerable<(IPNetwork, AddressKind)> Of(AddressKind kind, params string[] networks) =>
        networks.Select(network => (IPNetwork.Parse(network), kind));
}
