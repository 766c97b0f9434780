using System.Net;
using System.Net.Sockets;

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

/// <summary>Sorts addresses by IANA's registries of special-purpose addresses.</summary>
internal static class AddressKinds
{
    private static readonly (IPNetwork Network, AddressKind Kind)[] Special =
    [
        .. Of(AddressKind.Metadata, "169.254.0.0/16", "fe80::/10", "fd00:ec2::/64", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"),
        .. Of(AddressKind.NoHost, "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8", "100::/64", "2001::/32"),
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
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fec0::/10"),
    ];

    public static AddressKind Of(IPAddress address) =>
        Array.Find(Special, special => special.Network.Contains(address)) is { Network.PrefixLength: > 0 } found ? found.Kind : AddressKind.Public;

    /// <summary>The IPv4 address that an IPv6 address stands for, where it does: a translator would lead there.</summary>
    public static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        // A scope says which link; which address it is stays the same.
        byte[] bytes = address.GetAddressBytes();
        ReadOnlySpan<byte> zeros = stackalloc byte[12];
        ReadOnlySpan<byte> translated = [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];
        return address.IsIPv4MappedToIPv6 || bytes.AsSpan(0, 12).SequenceEqual(translated) ? new IPAddress(bytes.AsSpan(12))
            : bytes is [0x20, 0x02, ..] ? new IPAddress(bytes.AsSpan(2, 4))
            : bytes.AsSpan(0, 12).SequenceEqual(zeros) && bytes is not [.., 0, 0, 0, 0 or 1] ? new IPAddress(bytes.AsSpan(12))
            : new IPAddress(bytes);
    }

    private static IEnumerable<(IPNetwork, AddressKind)> Of(AddressKind kind, params string[] networks) =>
        networks.Select(network => (IPNetwork.Parse(network), kind));
}
