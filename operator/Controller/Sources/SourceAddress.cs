using System.Net;
using System.Net.Sockets;

namespace ModelOperator.Controller.Sources;

/// <summary>
/// Which addresses a source may have. Whoever may write a ModelDeployment makes the operator send requests from where it runs: never to the
/// operator itself, never to the cloud's metadata service, whatever name resolves to them.
/// </summary>
internal static class SourceAddress
{
    // Metadata services that are not at a link-local address.
    private static readonly IPAddress[] Metadata =
    [
        IPAddress.Parse("fd00:ec2::254"),
        IPAddress.Parse("100.100.100.200"),
        IPAddress.Parse("168.63.129.16"),
    ];

    /// <summary>Why no request is sent there; null when it may be.</summary>
    public static string? Problem(IPAddress address, bool allowLoopback)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain))
        {
            return allowLoopback ? null : $"{plain} is the operator's own machine";
        }

        if (plain.Equals(IPAddress.Any) || plain.Equals(IPAddress.IPv6Any))
        {
            return $"{plain} is no address of a machine";
        }

        return IsLinkLocal(plain) || Array.Exists(Metadata, plain.Equals) ? $"{plain} may be a metadata service"
            : IsMulticast(plain) ? $"{plain} is not one machine"
            : null;
    }

    private static bool IsLinkLocal(IPAddress address) =>
        address.IsIPv6LinkLocal || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);

    private static bool IsMulticast(IPAddress address) =>
        address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] >= 224);
}
